import { describe, expect, test } from 'vitest'
import { held, moved, pressed, strokeOf, type Press, type Stroke } from './brush.ts'
import { edgeX } from '../geometry.ts'

const WIDTH = 900
const edges = Array.from({ length: 61 }, (_, i) => i)
/** The middle of a bar, in pixels. */
const barX = (slot: number): number => (edgeX(slot, WIDTH, edges) + edgeX(slot + 1, WIDTH, edges)) / 2
const press = (pointerType: string, slot: number, shiftKey = false): Press =>
  pressed({ pointerId: 1, pointerType, shiftKey }, barX(slot))
const end = (one: Press): Stroke => strokeOf(one, WIDTH, edges)

describe.each(['mouse', 'pen', 'touch'])('with %s', (pointer) => {
  test('a press that goes nowhere is a click', () => {
    expect(end(press(pointer, 10))).toMatchObject({ kind: 'click' })
  })

  test('drawn over bars it zooms to them, from either side', () => {
    expect(end(moved(press(pointer, 10), barX(20)))).toEqual({ kind: 'zoom', first: 10, last: 20 })
    expect(end(moved(press(pointer, 20), barX(10)))).toEqual({ kind: 'zoom', first: 10, last: 20 })
  })

  test('drawn back to where it began, it is a click again', () => {
    expect(end(moved(moved(press(pointer, 10), barX(20)), barX(10)))).toMatchObject({ kind: 'click' })
  })

  test('beyond the plot the bar at its end is the last', () => {
    expect(end(moved(press(pointer, 50), 5_000))).toEqual({ kind: 'zoom', first: 50, last: 59 })
    expect(end(moved(press(pointer, 5), -100))).toEqual({ kind: 'zoom', first: 0, last: 5 })
  })

  test('with Shift it selects, be it one bar', () => {
    expect(end(moved(press(pointer, 10, true), barX(14)))).toEqual({ kind: 'select', first: 10, last: 14 })
    const back = moved(moved(press(pointer, 10, true), barX(12)), barX(10))
    expect(end(back)).toEqual({ kind: 'select', first: 10, last: 10 })
  })
})

test('one bar is nothing to zoom to, however wide it is', () => {
  const two = [0, 1, 2]
  const wide = pressed({ pointerId: 1, pointerType: 'mouse', shiftKey: false }, 60)
  expect(strokeOf(moved(wide, 400), WIDTH, two)).toMatchObject({ kind: 'click' })
  expect(strokeOf(moved(wide, 600), WIDTH, two)).toEqual({ kind: 'zoom', first: 0, last: 1 })
})

test('a finger trembles more than a mouse: where bars are narrow that is no stroke', () => {
  const narrow = Array.from({ length: 1_441 }, (_, i) => i)
  const shaken = (pointer: string): Stroke => strokeOf(moved(press(pointer, 10), barX(10) + 8), WIDTH, narrow)
  expect(shaken('touch')).toMatchObject({ kind: 'click' })
  expect(shaken('mouse').kind).toBe('zoom')
})

test('a finger or a pen that rests selects its bar, and those that it goes to from there', () => {
  for (const pointer of ['touch', 'pen']) {
    expect(end(held(press(pointer, 10)))).toEqual({ kind: 'select', first: 10, last: 10 })
    expect(end(moved(held(press(pointer, 10)), barX(15)))).toEqual({ kind: 'select', first: 10, last: 15 })
  }
})

test('a finger that is under way, or a mouse that rests, goes on as it began', () => {
  expect(end(held(moved(press('touch', 10), barX(15))))).toEqual({ kind: 'zoom', first: 10, last: 15 })
  expect(end(held(press('mouse', 10)))).toMatchObject({ kind: 'click' })
})
