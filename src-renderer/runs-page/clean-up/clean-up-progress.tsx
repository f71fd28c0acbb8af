import type { CleanUp, RunProgress } from '../../../src-shared/contract/models.ts'
import { useDashboard } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { FailureNote } from '../failure-note.tsx'
import { useCleanUp, useRunsDesk } from '../runs-desk.ts'
import page from '../runs-page.module.css'
import { canCleanUp, progressWords } from './clean-up-words.ts'
import { KeptTickets } from './kept-tickets.tsx'
import { Refusal } from './refusal.tsx'
import styles from './clean-up.module.css'

interface CleanUpProgressProps {
  readonly run: RunProgress
  readonly cleanUp: CleanUp
  readonly part: React.RefObject<HTMLElement | null>
}

/** How far a clean-up is, or how it ended; one that was stopped can go on. */
export function CleanUpProgress({ run, cleanUp, part }: CleanUpProgressProps): React.ReactNode {
  const { cleanUp: desk } = useRunsDesk()
  const site = useDashboard((state) => state.session?.site)
  const busy = useCleanUp((state) => state.busy)
  const refused = useCleanUp((state) => state.failure)
  const { state, total, deleted, kept, failure } = cleanUp
  const runs = state === 'running'
  return (
    <>
      <p>
        <b>{progressWords(cleanUp)}</b>
      </p>
      <progress
        className={styles['bar']}
        data-rests={!runs || undefined}
        aria-label="Tickets deleted"
        max={Math.max(1, total)}
        value={total === 0 ? 1 : deleted}
      />
      <output className="unseen">{runs ? '' : progressWords(cleanUp)}</output>
      {failure && <Refusal refusal={failure} />}
      {refused && <FailureNote failure={refused} />}
      {site && <KeptTickets kept={kept} site={site} title="Stayed" />}
      <div className={page['buttons']}>
        {runs && (
          <Button
            disabled={busy !== null}
            onClick={() => {
              part.current?.focus()
              desk.stop()
            }}
          >
            {busy === 'stopping' ? 'Stopping…' : 'Stop'}
          </Button>
        )}
        {state === 'stopped' && canCleanUp(run) && (
          <Button kind="primary" disabled={busy !== null} onClick={() => desk.look(run.runId)}>
            Go on
          </Button>
        )}
      </div>
    </>
  )
}
