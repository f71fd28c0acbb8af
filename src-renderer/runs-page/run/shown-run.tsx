import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { useDashboard } from '../../app/workbench.ts'
import { RunBars } from '../../runs/run-bars.tsx'
import { reasonWords, troubleWords } from '../../runs/run-words.ts'
import { useRunMinutes } from '../../runs/use-run-minutes.ts'
import { AuditPart } from '../audit/audit-part.tsx'
import { CleanUpPart } from '../clean-up/clean-up-part.tsx'
import { FailureNote } from '../failure-note.tsx'
import { useRunsDesk, useShownRun } from '../runs-desk.ts'
import styles from '../runs-page.module.css'
import bars from './shown-run.module.css'
import { RunActions } from './run-actions.tsx'
import { RunFacts } from './run-facts.tsx'
import { planSpanWords } from './run-facts-words.ts'
import { RunStateSign } from './run-state-sign.tsx'

/** One run: what it was, what became of it minute by minute, its audit and its clean-up. */
export function ShownRun(): React.ReactNode {
  const { run: desk } = useRunsDesk()
  const run = useShownRun((state) => state.run)
  const failure = useShownRun((state) => state.failure)
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  return (
    <div className={styles['parts']}>
      <section className={styles['part']} aria-labelledby="shown-run">
        <div className={styles['title']}>
          <h2 id="shown-run">{run ? planSpanWords(run, zone, nowMs) : 'Run'}</h2>
          {run && <RunStateSign run={run} />}
        </div>
        {failure && !storeFails && <FailureNote failure={failure} onRetry={desk.retry} />}
        {run && <Troubles run={run} />}
        <RunActions run={run} />
        <RunFacts run={run} />
      </section>
      {run && <Minutes run={run} zone={zone} />}
      {run && <AuditPart target={{ runId: run.runId }} zone={zone} />}
      {run && <CleanUpPart run={run} />}
    </div>
  )
}

/** Why it does not go on, and what went wrong with single tickets. */
function Troubles({ run }: { run: RunProgress }): React.ReactNode {
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const sentences = [reasonWords(run, storeFails), ...troubleWords(run)].filter((each) => each !== null)
  return sentences.map((sentence) => (
    <p key={sentence} className={styles['trouble']}>
      {sentence}
    </p>
  ))
}

/** What was planned and what was made, as bars. */
function Minutes({ run, zone }: { run: RunProgress; zone: string }): React.ReactNode {
  const minutes = useRunMinutes(run)
  const nowMinute = useDashboard((state) => state.nowMinute)
  return (
    <section className={styles['part']} aria-labelledby="shown-minutes">
      <h2 id="shown-minutes">Planned and made, by minute</h2>
      <div className={bars['bars']}>
        <RunBars minutes={minutes} nowMinute={run.state === 'running' ? nowMinute : null} zone={zone} />
      </div>
    </section>
  )
}
