/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a span has two ends and a middle: no input is such a slider. */
import { useEffect, useEffectEvent, useState } from 'react'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { useDashboard, useSiteNow, useWorkbench } from '../../app/workbench.ts'
import { lastSpan } from '../../live/shown-span.ts'
import { momentText } from '../../live/text.ts'
import { gripped, keyMs, percent, stripInterval, type Grip, type HandleBounds } from './strip-range.ts'
import styles from './strip.module.css'
import { zoomTo } from '../brush/zoom.ts'

/** Keys that follow each other are one move of the handle. */
const KEYS_MS = 400

interface StripHandleProps {
  readonly range: TimeSpan
  readonly shown: TimeSpan
  readonly zone: string
  /** Of the strip, in pixels. */
  readonly width: number
}

const GRIPS = [
  { grip: 'span', label: 'Span shown' },
  { grip: 'from', label: 'Beginning of the span' },
  { grip: 'to', label: 'End of the span' },
] as const

/** The span shown, to be moved and stretched; it is set once, when it is let go. */
export function StripHandle(props: StripHandleProps): React.ReactNode {
  const { range, shown, zone } = props
  const { held, pointer, pressKey, rest } = useHeldHandle(props)
  const nowMs = useSiteNow()
  const { fromMs, toMs } = held ?? shown
  const [from, to] = [momentText(fromMs, zone, nowMs), momentText(toMs, zone, nowMs)]
  const parts = {
    span: { at: fromMs, text: `${from} to ${to}` },
    from: { at: fromMs, text: from },
    to: { at: toMs, text: to },
  }
  const place = {
    left: percent(Math.max(range.fromMs, fromMs), range),
    right: `calc(100% - ${percent(Math.min(range.toMs, toMs), range)})`,
  }
  return (
    <div className={styles['ground']} role="group" aria-label="Span" {...pointer}>
      <div className={styles['handle']} style={place} data-held={held !== null || undefined}>
        {GRIPS.map(({ grip, label }) => (
          <div
            key={grip}
            className={styles[grip]}
            data-grip={grip}
            role="slider"
            tabIndex={0}
            aria-label={label}
            aria-valuemin={Math.min(range.fromMs, fromMs) / MS_PER_MINUTE}
            aria-valuemax={Math.max(range.toMs, toMs) / MS_PER_MINUTE}
            aria-valuenow={parts[grip].at / MS_PER_MINUTE}
            aria-valuetext={parts[grip].text}
            onKeyDown={(event) => pressKey(event, grip)}
            onBlur={rest}
          />
        ))}
        {held && <span className={styles['text']} aria-hidden="true">{`${from} – ${to}`}</span>}
      </div>
    </div>
  )
}

/** Where the handle is held: by the pointer, pressed at `startX` with the handle at `origin`, or by the keys (null). */
interface Held {
  readonly span: TimeSpan
  readonly press: {
    readonly pointerId: number
    readonly grip: Grip
    readonly startX: number
    readonly origin: TimeSpan
  } | null
}

/** The handle while it is held, and what the pointer and the keys do to it. */
function useHeldHandle(props: StripHandleProps) {
  const { range, shown } = props
  const workbench = useWorkbench()
  const endMs = startOfMinute(useDashboard((state) => state.nowMinute) + 1)
  const stepMs = useDashboard((state) => state.interval) * MS_PER_MINUTE
  const [held, setHeld] = useState<Held | null>(null)
  const bounds = { fromMs: range.fromMs, toMs: Math.min(range.toMs, endMs), stepMs, leastMs: 2 * stepMs }

  function letGo(span: TimeSpan | null): void {
    setHeld(null)
    if (span === null || (span.fromMs === shown.fromMs && span.toMs === shown.toMs)) return
    // What reaches up to now goes on with it.
    zoomTo(workbench, span.toMs >= endMs ? lastSpan({ fromMs: span.fromMs, toMs: endMs }) : span)
  }

  function rest(): void {
    if (held?.press === null) letGo(held.span)
  }

  function pressKey(event: React.KeyboardEvent, grip: Grip): void {
    const { key, altKey, ctrlKey, metaKey } = event
    const span = held?.span ?? shown
    const keyStep = Math.max(stepMs, stripInterval(range) * MS_PER_MINUTE)
    const byMs = altKey || ctrlKey || metaKey ? null : keyMs(key, span, grip, keyStep)
    if (byMs === null && !(key === 'Enter' && held !== null)) return
    event.preventDefault()
    if (byMs === null) return rest()
    // Keys may leave what the strip shows now, save to where it begins.
    const fromMs = key === 'Home' ? range.fromMs : 0
    setHeld({ span: gripped(span, grip, byMs, { ...bounds, fromMs }), press: null })
  }

  const onRest = useEffectEvent(rest)
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || held === null) return
    event.preventDefault()
    letGo(null)
  })
  useEffect(() => {
    if (held === null) return undefined
    const timer = setTimeout(onRest, KEYS_MS)
    addEventListener('keydown', onEscape, { capture: true })
    return () => {
      clearTimeout(timer)
      removeEventListener('keydown', onEscape, { capture: true })
    }
  }, [held])

  return { held: held?.span ?? null, pressKey, rest, pointer: pointerOf(props, bounds, held, setHeld, letGo) }
}

/** What the pointer does to the handle. Beside it, it takes it there. */
function pointerOf(
  { range, shown, width }: StripHandleProps,
  bounds: HandleBounds,
  held: Held | null,
  setHeld: (held: Held) => void,
  letGo: (span: TimeSpan | null) => void,
) {
  const msPerPx = (range.toMs - range.fromMs) / width
  return {
    onPointerDown(this: void, event: React.PointerEvent): void {
      if (!event.isPrimary || event.button !== 0 || width === 0) return
      const grip = event.target instanceof HTMLElement ? event.target.dataset['grip'] : undefined
      const atMs = range.fromMs + (event.clientX - event.currentTarget.getBoundingClientRect().left) * msPerPx
      const span =
        grip === undefined ? gripped(shown, 'span', atMs - (shown.fromMs + shown.toMs) / 2, bounds) : shown
      event.currentTarget.setPointerCapture(event.pointerId)
      const { pointerId, clientX: startX } = event
      setHeld({ span, press: { pointerId, grip: (grip ?? 'span') as Grip, startX, origin: span } })
    },
    onPointerMove(this: void, event: React.PointerEvent): void {
      const press = held?.press
      if (press?.pointerId !== event.pointerId) return
      const span = gripped(press.origin, press.grip, (event.clientX - press.startX) * msPerPx, bounds)
      setHeld({ span, press })
    },
    onPointerUp(this: void, event: React.PointerEvent): void {
      if (held?.press?.pointerId === event.pointerId) letGo(held.span)
    },
    onPointerCancel: () => letGo(null),
  }
}
