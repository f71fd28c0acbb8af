import { ChevronDown, ChevronLeft, ChevronRight } from 'lucide-react'
import { Popover } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import popover from '../controls/popover.module.css'
import { spanName, timesText } from '../live/text.ts'
import styles from './header.module.css'
import icon from './icon.svg'
import { Tools } from './tools.tsx'
import { SiteBadge } from '../status/site-badge.tsx'
import { useDashboard, useSiteNow, useWorkbench } from './workbench.ts'

/** Where and when: the product, the site, the span, and the way to everything else. */
export function Header(): React.ReactNode {
  return (
    <header className={styles['header']}>
      <div className={styles['where']}>
        <img src={icon} width={22} height={22} alt="" />
        <h1>Jira TPM</h1>
        <SiteBadge />
      </div>
      <SpanPicker />
      <Tools />
    </header>
  )
}

/** The ways to another span are loaded when they are opened first. */
const SpanMenu = lazy(async () => ({ default: (await import('./span-menu.tsx')).SpanMenu }))

/** Which span is shown, and the ways to another one. */
function SpanPicker(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const following = useDashboard((state) => state.following)
  const ready = useDashboard((state) => state.shown !== null)
  return (
    <nav className={styles['picker']} aria-label="Span">
      <IconButton
        icon={ChevronLeft}
        label="Span before"
        shortcut="["
        disabled={!ready}
        onClick={() => dashboard.stepSpan(-1)}
      />
      <SpanChoice />
      <IconButton
        icon={ChevronRight}
        label="Span after"
        shortcut="]"
        disabled={!ready || following}
        onClick={() => dashboard.stepSpan(1)}
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

function SpanChoice(): React.ReactNode {
  const [open, setOpen] = useState(false)
  const session = useDashboard((state) => state.session)
  const span = useDashboard((state) => state.span)
  const shown = useDashboard((state) => state.shown)
  const nowMs = useSiteNow()
  const ready = session !== null && shown !== null
  const times = ready ? timesText(shown, session.zone, nowMs) : ''
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild disabled={!ready}>
        <button type="button" className={styles['span']} title={times}>
          <span>{ready ? spanName(span, shown, session.zone, nowMs) : ''}</span>
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={popover['popover']}
          sideOffset={6}
          collisionPadding={8}
          aria-label="Choose a span"
          onOpenAutoFocus={(event) => event.preventDefault()}
        >
          <Suspense>
            <SpanMenu onDone={() => setOpen(false)} />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
