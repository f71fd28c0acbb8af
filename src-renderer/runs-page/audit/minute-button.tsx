import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { useWorkbench } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { momentWords } from '../../live/time-words.ts'
import { showMinute } from './show-minute.ts'

interface MinuteButtonProps {
  readonly minute: number
  readonly zone: string
  /** The day of this instant goes without saying. */
  readonly dayOfMs: number
}

/** A minute; leads to its bar and the tickets behind it. */
export function MinuteButton({ minute, zone, dayOfMs }: MinuteButtonProps): React.ReactNode {
  const workbench = useWorkbench()
  return (
    <Button
      kind="quiet"
      title="Show this minute in the chart"
      onClick={() => showMinute(workbench, minute, zone)}
    >
      {momentWords(startOfMinute(minute), zone, dayOfMs)}
    </Button>
  )
}
