import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/modal.tsx'
import { ticketsText } from '../live/text.ts'
import { ticketsLeft } from './run-text.ts'

/** Holds the run under way. It takes until what was sent is answered, and says so meanwhile. */
export function PauseButton(): React.ReactNode {
  const { orders } = useWorkbench()
  const pausing = useDashboard((state) => state.pending.includes('pause'))
  return (
    <Button aria-disabled={pausing} onClick={orders.pauseRun}>
      {pausing ? 'Pausing…' : 'Pause'}
    </Button>
  )
}

/** Ends a run, after a question: about the one under way where nothing else is asked. */
export function StopButton({ onAsk }: { onAsk?: () => void }): React.ReactNode {
  const { view } = useWorkbench()
  const stopping = useDashboard((state) => state.pending.includes('stop'))
  return (
    <Button
      aria-disabled={stopping}
      onClick={() => {
        if (stopping) return
        if (onAsk === undefined) view.put({ dialog: 'stop-run' })
        else onAsk()
      }}
    >
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  )
}

/** Asks before a run is ended early: the one under way where none is given. */
export function StopRun(props: { run?: RunProgress; onClose: () => void }): React.ReactNode {
  const { orders } = useWorkbench()
  const current = useDashboard((state) => state.run)
  const run = props.run ?? current
  // The run has kept the store from being gone back to.
  const back = useDashboard(
    ({ storeStatus }) => storeStatus?.insteadOf?.reachable && storeStatus.insteadOf.label,
  )
  const left = run ? ticketsLeft(run) : 0
  return (
    <Confirm
      title="Stop this run?"
      action="Stop run"
      keep="Keep going"
      onConfirm={() => orders.stopRun(props.run && { runId: props.run.runId })}
      onClose={props.onClose}
    >
      {ticketsText(left)} will not be made. Those that were made stay in Jira and in the chart.
      {back && ` Then PostgreSQL at ${back} is used again.`}
    </Confirm>
  )
}
