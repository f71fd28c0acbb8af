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

/** Ends the run under way, after a question. */
export function StopButton(): React.ReactNode {
  const { view } = useWorkbench()
  const stopping = useDashboard((state) => state.pending.includes('stop'))
  return (
    <Button
      aria-disabled={stopping}
      onClick={() => {
        if (!stopping) view.put({ dialog: 'stop-run' })
      }}
    >
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  )
}

/** Asks before a run is ended early. */
export function StopRun({ onClose }: { onClose: () => void }): React.ReactNode {
  const { orders } = useWorkbench()
  const run = useDashboard((state) => state.run)
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
      onConfirm={orders.stopRun}
      onClose={onClose}
    >
      {ticketsText(left)} will not be made. Those that were made stay in Jira and in the chart.
      {back && ` Then PostgreSQL at ${back} is used again.`}
    </Confirm>
  )
}
