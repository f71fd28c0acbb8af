import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { ticketsWords } from '../chart/chart-text.ts'
import { Confirm } from '../controls/confirm.tsx'
import { ticketsLeft } from './run-words.ts'

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
      {ticketsWords(left)} will not be made. Those that were made stay in Jira and in the chart.
      {back && ` Then PostgreSQL at ${back} is used again.`}
    </Confirm>
  )
}
