import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'

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
        if (!stopping) view.set((state) => ({ ...state, dialog: 'stop-run' }))
      }}
    >
      {stopping ? 'Stopping…' : 'Stop'}
    </Button>
  )
}
