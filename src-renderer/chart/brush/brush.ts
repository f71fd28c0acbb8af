import { nearestSlot, type Edges } from '../geometry.ts'

/** So long (ms) a finger or a pen rests on a bar until it selects instead of zooming. */
export const HOLD_MS = 500

/** A hand that clicks moves by so much, in pixels; a finger by more. */
const TREMBLE_PX = { mouse: 3, pen: 6, touch: 10 } as const

/** A press on the chart that is not over: x is counted from the left of the chart's box, in pixels. */
export interface Press {
  readonly pointerId: number
  readonly pointer: keyof typeof TREMBLE_PX
  readonly startX: number
  readonly x: number
  /** Whether it went farther than a hand trembles. */
  readonly moved: boolean
  /** Whether it selects the bars that it is drawn over; else it zooms to them. */
  readonly selects: boolean
}

/** What a press is when it ends: a click on a bar, or bars drawn over, from `first` to `last`. */
export interface Stroke {
  readonly kind: 'click' | 'zoom' | 'select'
  readonly first: number
  readonly last: number
}

export type PressedPointer = Pick<PointerEvent, 'pointerId' | 'pointerType' | 'shiftKey'>

/** A press begins; with Shift it selects. */
export function pressed({ pointerId, pointerType, shiftKey }: PressedPointer, x: number): Press {
  const pointer = pointerType === 'touch' || pointerType === 'pen' ? pointerType : 'mouse'
  return { pointerId, pointer, startX: x, x, moved: false, selects: shiftKey }
}

/** The pointer moved. */
export function moved(press: Press, x: number): Press {
  const isFar = Math.abs(x - press.startX) > TREMBLE_PX[press.pointer]
  return { ...press, x, moved: press.moved || isFar }
}

/** `HOLD_MS` went by: who does not move holds, and selects from now on. A mouse has Shift for it. */
export function held(press: Press): Press {
  return press.moved || press.pointer === 'mouse' ? press : { ...press, selects: true }
}

/** The bars drawn over so far; null while it may still become a click. */
export function strokedBars(press: Press, width: number, edges: Edges): readonly [number, number] | null {
  const isHeld = press.selects && press.pointer !== 'mouse'
  if (!press.moved && !isHeld) return null
  return [nearestSlot(press.startX, width, edges), nearestSlot(press.x, width, edges)]
}

/** What a press was. Fewer than two bars are nothing to zoom to: that is a click. */
export function strokeOf(press: Press, width: number, edges: Edges): Stroke {
  const bars = strokedBars(press, width, edges)
  const [anchor, at] = bars ?? [nearestSlot(press.x, width, edges), nearestSlot(press.x, width, edges)]
  const isClick = bars === null || (anchor === at && !press.selects)
  return {
    kind: isClick ? 'click' : press.selects ? 'select' : 'zoom',
    first: Math.min(anchor, at),
    last: Math.max(anchor, at),
  }
}
