import { Button } from '../../controls/button.tsx'
import page from '../runs-page.module.css'
import { useRunsPlace } from '../use-runs-place.ts'

/** Another run is being cleaned up: one at a time. */
export function CleanUpElsewhere({ runId }: { runId: string }): React.ReactNode {
  const { showRun } = useRunsPlace()
  return (
    <p className={page['trouble']}>
      Another run is being cleaned up. This one can be when that has ended.{' '}
      <Button kind="quiet" onClick={() => showRun(runId)}>
        Show it
      </Button>
    </p>
  )
}
