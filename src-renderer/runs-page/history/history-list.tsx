import { useEffect, useMemo, useRef, useState } from 'react'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { useSiteNow, useStoreFails, useZone } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { dayText, timesText, timeText } from '../../live/text.ts'
import { verdictOf } from '../audit/audit.ts'
import { VerdictSign } from '../audit/audit-part.tsx'
import { FailureNote } from '../failure-note.tsx'
import { outcomeText, RunStateSign } from '../run/shown-run.tsx'
import { useAudits, useHistory, useRunsController, useRunsPlace } from '../runs-controller.ts'
import styles from './history-list.module.css'

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowUp: (at) => Math.max(0, at - 1),
  ArrowDown: (at, last) => Math.min(last, at + 1),
  Home: () => 0,
  End: (_at, last) => last,
}

/** Goes to the row that the key leads to, from the one that has the focus. */
function stepThrough(list: HTMLElement | null, event: React.KeyboardEvent): void {
  const step = steps[event.key]
  const rows = [...(list?.querySelectorAll('button') ?? [])]
  const at = rows.findIndex((row) => row === event.target)
  if (step === undefined || at === -1) return
  event.preventDefault()
  const to = step(at, rows.length - 1)
  rows[to]?.focus()
  rows[to]?.click()
}

/** All runs, newest first. The arrows go up and down, and the run that is gone to is shown. */
export function HistoryList(): React.ReactNode {
  const { history } = useRunsController()
  const { runs, failure, more, asking } = useHistory((state) => state)
  // What is wrong with the store is said above, at length.
  const storeFails = useStoreFails()
  const shown = useRunsPlace()
  const list = useRef<HTMLUListElement>(null)
  const zone = useZone()

  /** The row that is shown can be tabbed to, else the first. */
  const current = shown.span === null ? shown.runId : null
  const reachable = runs?.some(({ runId }) => runId === current) ? current : runs?.[0]?.runId

  // The first of the older ones has the focus when they come: what was pressed may be gone then.
  const listed = useRef<number>(null)
  useEffect(() => {
    if (listed.current === null) return
    const rows = list.current?.querySelectorAll('button') ?? []
    if (rows.length === listed.current) return
    rows[listed.current]?.focus()
    listed.current = null
  })

  function older(): void {
    listed.current = runs?.length ?? null
    history.older()
  }

  return (
    <nav className={styles['history']} aria-label="History of runs">
      <SpanRow />
      <ul ref={list} className={styles['list']}>
        {runs?.map((run) => (
          <li key={run.runId}>
            <HistoryRow
              run={run}
              zone={zone}
              aria-current={run.runId === current || undefined}
              tabIndex={run.runId === reachable ? 0 : -1}
              onKeyDown={(event) => stepThrough(list.current, event)}
              onClick={() => shown.showRun(run.runId)}
            />
          </li>
        ))}
      </ul>
      {failure && !storeFails && <FailureNote failure={failure} onRetry={history.retry} />}
      {/* Is not disabled while they are on their way: that would take the focus from it. */}
      {more && (
        <Button className={styles['older']} aria-disabled={asking} onClick={older}>
          {asking ? 'Reading…' : 'Older'}
        </Button>
      )}
    </nav>
  )
}

interface HistoryRowProps extends React.ComponentProps<'button'> {
  readonly run: RunProgress
  readonly zone: string
}

function HistoryRow({ run, zone, ...rest }: HistoryRowProps): React.ReactNode {
  const nowMs = useSiteNow()
  return (
    <button type="button" className={styles['row']} {...rest}>
      <span className={styles['head']}>
        <b>
          {dayText(run.startMs, zone, nowMs)}, {timeText(run.startMs, zone)}
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
        <span className={styles['outcome']}>{outcomeText(run)}</span>
        <RowVerdict runId={run.runId} />
      </span>
    </button>
  )
}

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

/** The span that was audited last, above the runs: the way back to it. */
function SpanRow(): React.ReactNode {
  const { span, showSpan } = useRunsPlace()
  const [last, setLast] = useState(span)
  const zone = useZone()
  const nowMs = useSiteNow()
  if (span !== null && span !== last) setLast(span)
  if (last === null) return null
  return (
    <button
      type="button"
      className={styles['row']}
      aria-current={span !== null || undefined}
      onClick={() => showSpan(last)}
    >
      <span className={styles['head']}>
        <b>{timesText(last, zone, nowMs)}</b>
      </span>
      <span className={styles['what']}>Everything that is watched, whoever made it</span>
    </button>
  )
}
