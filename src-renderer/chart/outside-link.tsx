import { ArrowRight } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import { hourAt } from '../live/hour.ts'
import { momentWords } from '../live/time-words.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { ticketsWords } from './bin-words.ts'

/** The tickets outside the hour, and the way to the nearest of them; asks which way where there are two. */
export function OutsideLink(): React.ReactNode {
  const outside = useDashboard((state) => state.outside)
  if (outside === null || outside.before + outside.after === 0) return null
  const label = `${(outside.before + outside.after).toLocaleString('en-GB')} outside this hour`
  if (outside.before > 0 && outside.after > 0) {
    return (
      <Popover.Root>
        <Popover.Trigger asChild>
          <Button kind="quiet">
            {label}
            <ArrowRight size={14} aria-hidden="true" />
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className={popover['popover']} align="start" sideOffset={4} aria-label={label}>
            <NearestHour side="before" />
            <NearestHour side="after" />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    )
  }
  return <NearestHour side={outside.before > 0 ? 'before' : 'after'} label={label} />
}

/** A button to the hour of the last ticket before, or the first one after, the hour shown. */
function NearestHour({ side, label }: { side: 'before' | 'after'; label?: string }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const outside = useDashboard((state) => state.outside)
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  const nearestMs = side === 'before' ? outside?.lastBeforeMs : outside?.firstAfterMs
  if (session === null || !outside || nearestMs === null || nearestMs === undefined) return null

  const when = momentWords(nearestMs, session.zone, nowMs)
  const words =
    side === 'before'
      ? `${ticketsWords(outside.before)} earlier, the last at ${when}`
      : `${ticketsWords(outside.after)} later, the first at ${when}`
  return (
    <Button
      kind="quiet"
      title={label === undefined ? undefined : words}
      onClick={() => dashboard.showHour(hourAt(nearestMs, session.zone))}
    >
      {label ?? words}
      <ArrowRight size={14} aria-hidden="true" />
    </Button>
  )
}
