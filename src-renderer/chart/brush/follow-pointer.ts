import { held, HOLD_MS, moved, pressed, type Press } from './brush.ts'

/** What a pointer does on a layer; x is counted from the layer's left, in pixels. */
export interface PointerMoves {
  /** Whether a press may be drawn over the bars. */
  canStroke(): boolean
  /** It is there, and not pressed; null: it left, or what it was about to do was given up. */
  point(x: number | null): void
  /** It is pressed, and goes on. */
  stroke(press: Press): void
  /** It was let go after a press that was no click. Says whether that did anything. */
  end(press: Press): boolean
  /** It was clicked; null: by the keyboard, or by what takes its place. */
  click(x: number | null): void
  doubleClick(): void
}

/** Follows mouse, finger and pen on a layer until the returned function is called. */
export function followPointer(layer: HTMLElement, on: PointerMoves): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const xOf = (event: MouseEvent): number => event.clientX - layer.getBoundingClientRect().left
  const pressing = createPressing(on)
  const listen = <E extends keyof HTMLElementEventMap>(
    type: E,
    listener: (event: HTMLElementEventMap[E]) => void,
  ): void => layer.addEventListener(type, listener, { signal })

  listen('pointerdown', (event) => {
    if (pressing.begin(event, xOf(event))) layer.setPointerCapture(event.pointerId)
  })
  listen('pointermove', (event) => {
    if (!pressing.move(event, xOf(event))) on.point(xOf(event))
  })
  listen('pointerup', (event) => pressing.end(event, xOf(event)))
  listen('pointercancel', pressing.giveUp)
  listen('pointerleave', () => on.point(null))
  listen('dblclick', () => on.doubleClick())
  listen('click', (event) => {
    if (event.detail === 0) on.click(null)
    else if (!pressing.wasStroke()) on.click(xOf(event))
  })
  keepToOurselves(layer, pressing.press, signal)
  onEscape(signal, pressing.giveUp)
  return () => {
    pressing.giveUp()
    listening.abort()
  }
}

/** The press that is under way, if any. */
function createPressing(on: PointerMoves) {
  let press: Press | null = null
  let holding: ReturnType<typeof setTimeout> | undefined
  /** A stroke is no click, though the browser calls it one. */
  let stroked = false

  function take(next: Press): void {
    press = next
    on.stroke(next)
  }

  function letGo(): void {
    clearTimeout(holding)
    press = null
    on.point(null)
  }

  return {
    press: () => press,
    wasStroke: () => stroked,
    begin(event: PointerEvent, x: number): boolean {
      if (press !== null) letGo()
      stroked = false
      // A second finger makes the page larger.
      if (!event.isPrimary || event.button !== 0 || !on.canStroke()) return false
      press = pressed(event, x)
      holding = setTimeout(() => press && take(held(press)), HOLD_MS)
      return true
    },
    /** Says whether the pointer is drawn over the layer; else it only points. */
    move(event: PointerEvent, x: number): boolean {
      if (press?.pointerId === event.pointerId) take(moved(press, x))
      return press?.moved ?? false
    },
    end(event: PointerEvent, x: number): void {
      if (press?.pointerId !== event.pointerId) return
      const last = moved(press, x)
      letGo()
      stroked = on.end(last)
    },
    /** Says whether there was anything to give up. */
    giveUp: (): boolean => {
      if (press === null) return false
      stroked = true
      letGo()
      return true
    },
  }
}

/** Before anything else that Escape means, where `giveUp` has something to give up. */
function onEscape(signal: AbortSignal, giveUp: () => boolean): void {
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && giveUp()) event.preventDefault()
    },
    { signal, capture: true },
  )
}

/** While bars are selected the page does not scroll, and a finger that rests on them opens no menu. */
function keepToOurselves(layer: HTMLElement, press: () => Press | null, signal: AbortSignal): void {
  layer.addEventListener(
    'touchmove',
    (event) => {
      if (press()?.selects && event.cancelable) event.preventDefault()
    },
    { signal, passive: false },
  )
  layer.addEventListener(
    'contextmenu',
    (event) => {
      const pointer = press()?.pointer
      if (pointer === 'touch' || pointer === 'pen') event.preventDefault()
    },
    { signal },
  )
}
