import { useMemo } from 'react'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { useDashboard } from '../../app/workbench.ts'
import { dayWords, timeWords } from '../../live/time-words.ts'
import { verdictOf } from '../audit/audit-words.ts'
import { VerdictSign } from '../audit/verdict-sign.tsx'
import { useAudits } from '../runs-desk.ts'
import { outcomeWords } from '../run/run-facts-words.ts'
import { RunStateSign } from '../run/run-state-sign.tsx'
import styles from './history-row.module.css'

interface HistoryRowProps {
  readonly run: RunProgress
  readonly zone: string
  /** Whether it is the one that is shown. */
  readonly shown: boolean
  /** Whether Tab comes to it: to one of the list. */
  readonly reachable: boolean
  readonly onKeyDown: (event: React.KeyboardEvent) => void
  readonly onShow: () => void
}

/** A run of the history: when, what it was, and what became of it. */
export function HistoryRow({ run, zone, shown, reachable, ...on }: HistoryRowProps): React.ReactNode {
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  return (
    <button
      type="button"
      className={styles['row']}
      aria-current={shown || undefined}
      tabIndex={reachable ? 0 : -1}
      onKeyDown={on.onKeyDown}
      onClick={on.onShow}
    >
      <span className={styles['head']}>
        <b>
          {dayWords(run.startMs, zone, nowMs)}, {timeWords(run.startMs, zone)}
        </b>
        <RunStateSign run={run} />
      </span>
      <span className={styles['facts']}>
        <span className={styles['what']}>
          {run.profile} · {run.projectKey}
        </span>
        <span>seed {run.seed}</span>
      </span>
      <span className={`${styles['facts']} ${styles['ended']}`}>
        <span className={styles['outcome']}>{outcomeWords(run)}</span>
        <RowVerdict runId={run.runId} />
      </span>
    </button>
  )
}

/** What its audit came to, where it was audited. */
function RowVerdict({ runId }: { runId: string }): React.ReactNode {
  const audit = useAudits((state) => state.done.find(({ of }) => of === runId)?.audit)
  const verdict = useMemo(() => audit && verdictOf(audit), [audit])
  return (
    verdict && (
      <span className={styles['verdict']}>
        <VerdictSign tone={verdict.tone} size={13} />
        {verdict.title}
      </span>
    )
  )
}
