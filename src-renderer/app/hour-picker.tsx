import { ChevronDown, ChevronLeft, ChevronRight } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { Button } from '../controls/button.tsx'
import { IconButton } from '../controls/icon-button.tsx'
import popover from '../controls/popover.module.css'
import { hourWords } from '../live/time-words.ts'
import { HourOfDay } from './hour-of-day.tsx'
import { useDashboard, useWorkbench } from './workbench.ts'
import styles from './hour-picker.module.css'

/** Which hour is shown, and the ways to another one. */
export function HourPicker(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const following = useDashboard((state) => state.following)
  const ready = useDashboard((state) => state.hour !== null)
  return (
    <nav className={styles['picker']} aria-label="Hour">
      <IconButton
        icon={ChevronLeft}
        label="Previous hour"
        shortcut="Shift ←"
        disabled={!ready}
        onClick={() => dashboard.stepHour(-1)}
      />
      <HourMenu />
      <IconButton
        icon={ChevronRight}
        label="Next hour"
        shortcut="Shift →"
        disabled={!ready}
        onClick={() => dashboard.stepHour(1)}
      />
      <Button
        className={styles['now']}
        aria-pressed={following}
        disabled={!ready}
        onClick={() => dashboard.followNow()}
      >
        Now
      </Button>
    </nav>
  )
}

/** The hour by name; opens to choose another from a day. */
function HourMenu(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const [open, setOpen] = useState(false)
  const session = useDashboard((state) => state.session)
  const hour = useDashboard((state) => state.hour)
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  const ready = session !== null && hour !== null
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild disabled={!ready}>
        <button type="button" className={styles['hour']}>
          {ready ? hourWords(hour, session.zone, nowMs) : ''}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={popover['popover']}
          sideOffset={6}
          collisionPadding={8}
          aria-label="Choose an hour"
          onOpenAutoFocus={focusChosen}
        >
          <HourOfDay
            onChoose={(chosen) => {
              dashboard.showHour(chosen)
              setOpen(false)
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The hour shown has the focus first, not the button that comes first. */
function focusChosen(event: Event): void {
  const chosen = event.target instanceof Element ? event.target.querySelector('[aria-current=true]') : null
  if (!(chosen instanceof HTMLElement)) return
  event.preventDefault()
  chosen.focus()
}
