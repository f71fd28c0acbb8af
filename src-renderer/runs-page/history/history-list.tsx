import { useEffect, useRef } from 'react'
import { useDashboard } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { FailureNote } from '../failure-note.tsx'
import { useHistory, useRunsDesk } from '../runs-desk.ts'
import { useRunsPlace } from '../use-runs-place.ts'
import { HistoryRow } from './history-row.tsx'
import { SpanRow } from './span-row.tsx'
import styles from './history-list.module.css'

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowUp: (at) => Math.max(0, at - 1),
  ArrowDown: (at, last) => Math.min(last, at + 1),
  Home: () => 0,
  End: (_at, last) => last,
}

/** All runs, newest first. The arrows go up and down, and the run that is gone to is shown. */
export function HistoryList(): React.ReactNode {
  const { history } = useRunsDesk()
  const runs = useHistory((state) => state.runs)
  const failure = useHistory((state) => state.failure)
  // What is wrong with the store is told above, at length.
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const shown = useRunsPlace()
  const list = useRef<HTMLUListElement>(null)
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')

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

  function onKeyDown(event: React.KeyboardEvent): void {
    const step = steps[event.key]
    const rows = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = rows.findIndex((row) => row === event.target)
    if (step === undefined || at === -1) return
    event.preventDefault()
    const to = step(at, rows.length - 1)
    rows[to]?.focus()
    rows[to]?.click()
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
              shown={run.runId === current}
              reachable={run.runId === reachable}
              onKeyDown={onKeyDown}
              onShow={() => shown.showRun(run.runId)}
            />
          </li>
        ))}
      </ul>
      {failure && !storeFails && <FailureNote failure={failure} onRetry={history.retry} />}
      <Older onPress={older} />
    </nav>
  )
}

/** Is not disabled while they are on their way: that would take the focus from it. */
function Older({ onPress }: { onPress: () => void }): React.ReactNode {
  const more = useHistory((state) => state.more)
  const asking = useHistory((state) => state.asking)
  if (!more) return null
  return (
    <Button className={styles['older']} aria-disabled={asking} onClick={onPress}>
      {asking ? 'Reading…' : 'Older'}
    </Button>
  )
}
