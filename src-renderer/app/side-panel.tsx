import { Tabs } from 'radix-ui'
import { Activity, Suspense, useEffect } from 'react'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { realMsUntil, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import { ProgressBar } from '../controls/data.tsx'
import { lazyPart } from '../controls/lazy-part.tsx'
import { durationText } from '../live/text.ts'
import { restText, standingOf } from '../runs/run-text.ts'
import { TicketList } from '../tickets/ticket-list.tsx'
import styles from './side-panel.module.css'
import { useDashboard, useMachineNow, useView, useWorkbench, type ViewState } from './workbench.ts'

/** A file of its own, which comes over as soon as what is seen at first is drawn. */
const RunPanel = lazyPart(async () => (await import('../runs/run-panel.tsx')).RunPanel)

/** Next to the chart: the tickets that it counts, and behind a second tab the runs that rehearse a storm. */
export function SidePanel(): React.ReactNode {
  const { view } = useWorkbench()
  const panel = useView((state) => state.panel)
  const opened = useDashboard((state) => state.opened)
  // Whoever opens a bar wants to see its tickets.
  useEffect(() => {
    if (opened !== null) view.put({ panel: 'tickets' })
  }, [opened, view])
  return (
    <Tabs.Root
      className={styles['side']}
      value={panel}
      onValueChange={(chosen) => view.put({ panel: chosen as ViewState['panel'] })}
    >
      <Tabs.List className={styles['tabs']} aria-label="Panel">
        <Tabs.Trigger className={styles['tab']} value="tickets">
          Tickets
        </Tabs.Trigger>
        <Tabs.Trigger className={styles['tab']} value="rehearse">
          Rehearse
        </Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content className={styles['content']} value="tickets" tabIndex={-1} forceMount>
        <RunLine />
        <TicketList />
      </Tabs.Content>
      <Tabs.Content className={styles['content']} value="rehearse" tabIndex={-1} forceMount>
        {/* What was filled in stays; what ticks, rests. */}
        <Activity mode={panel === 'rehearse' ? 'visible' : 'hidden'}>
          <Suspense>
            <RunPanel />
          </Suspense>
        </Activity>
      </Tabs.Content>
    </Tabs.Root>
  )
}

/** Over the tickets while a run is on: how far it is, and the way to it. */
function RunLine(): React.ReactNode {
  const run = useDashboard((state) => state.run)
  const isOn = run?.state === 'broken' || standingOf(run).isUnderWay
  return run !== null && isOn && <RunUnderWay run={run} />
}

function RunUnderWay({ run }: { run: RunProgress }): React.ReactNode {
  const { view } = useWorkbench()
  const clock = useDashboard((state) => state.session?.clock)
  const now = useMachineNow()
  return (
    <button type="button" className={styles['run']} onClick={() => view.put({ panel: 'rehearse' })}>
      <span>
        Run: {run.created.toLocaleString('en-GB')} of {run.planned.toLocaleString('en-GB')} created
      </span>
      <span className="quiet">{clock && leftText(run, clock, now)}</span>
      <ProgressBar aria-hidden="true" max={run.planned} value={run.created} rests={run.state !== 'running'} />
    </button>
  )
}

/** `4 min left`, in real time, or that it is at rest. `nowMs`: the machine's. */
function leftText(run: RunProgress, clock: SiteClock, nowMs: number): string {
  if (run.state !== 'running') return restText(run)
  return `${durationText(realMsUntil(clock, run.endMs, nowMs))} left`
}
