import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { minutesWords } from '../../runs/minutes-words.ts'
import { minutesOf } from '../../runs/run-fields.ts'
import { paceWords } from '../../runs/run-words.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import styles from '../runs-page.module.css'
import { outcomeWords, speedWords } from './run-facts-words.ts'
import facts from './run-facts.module.css'

/** What a run was planned as, and how well it kept to it. Each has its place before it is known. */
export function RunFacts({ run }: { run: RunProgress | null }): React.ReactNode {
  return (
    <dl className={`${styles['facts']} ${facts['facts']}`}>
      <dt>Tickets</dt>
      <dd>{run ? outcomeWords(run) : '–'}</dd>
      <dt>Project</dt>
      <dd>{run?.projectKey ?? '–'}</dd>
      <dt>Profile</dt>
      <dd>{run?.profile ?? '–'}</dd>
      <dt>Seed</dt>
      <dd className={facts['seed']}>
        {run?.seed ?? '–'}
        {run && <CopyButton text={String(run.seed)} label="Copy the seed" />}
      </dd>
      <dt>Length</dt>
      <dd>{run ? `${minutesWords(minutesOf(run))}, ${speedWords(run.rate)}` : '–'}</dd>
      <dt>Sent</dt>
      <dd>{run ? paceWords(run) || 'nothing yet' : '–'}</dd>
      {run && run.by !== null && (
        <>
          <dt>Runs on</dt>
          <dd>{run.by}</dd>
        </>
      )}
      <dt>Run</dt>
      <dd>{run?.runId ?? '–'}</dd>
    </dl>
  )
}
