import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MIN_SIZE, placeWindow, type Bounds } from './window-state.ts'

const LAPTOP: Bounds = { x: 0, y: 0, width: 1_440, height: 860 }
const SECOND: Bounds = { x: 1_440, y: -200, width: 1_920, height: 1_040 }

describe('where the window opens', () => {
  test('the first time: usual size, centred by the system', () => {
    expect(placeWindow(null, [LAPTOP])).toEqual({ width: 1_200, height: 760 })
  })

  test('where it was, on any screen that exists', () => {
    const saved = { x: 1_500, y: -100, width: 1_000, height: 700 }
    expect(placeWindow(saved, [LAPTOP, SECOND])).toEqual(saved)
  })

  test('centred when its screen is gone', () => {
    const saved = { x: 1_500, y: -100, width: 1_000, height: 700 }
    expect(placeWindow(saved, [LAPTOP])).toEqual({ width: 1_000, height: 700 })
  })

  test.each([
    ['right', { x: 1_400, y: 100, width: 900, height: 600 }],
    ['left', { x: -850, y: 100, width: 900, height: 600 }],
    ['above', { x: 100, y: -40, width: 900, height: 600 }],
    ['below', { x: 100, y: 850, width: 900, height: 600 }],
  ])('centred when its title bar is out of reach: %s', (_side, saved) => {
    expect(placeWindow(saved, [LAPTOP])).toEqual({ width: 900, height: 600 })
  })

  test('smaller where it was larger than any screen', () => {
    const saved = { x: 0, y: 0, width: 3_000, height: 2_000 }
    expect(placeWindow(saved, [LAPTOP])).toEqual({ x: 0, y: 0, width: 1_440, height: 860 })
  })

  test('centred when it is out of reach only since it was made smaller', () => {
    const saved = { x: -1_920, y: 0, width: 2_040, height: 600 }
    expect(placeWindow(saved, [LAPTOP])).toEqual({ width: 1_440, height: 600 })
  })

  test('without any screen it still has a size', () => {
    expect(placeWindow(null, [])).toEqual(MIN_SIZE)
  })

  test('whatever was saved, a hand can reach the window', () => {
    const any = fc.integer({ min: -4_000, max: 4_000 })
    fc.assert(
      fc.property(fc.record({ x: any, y: any, width: any, height: any }), (saved) => {
        const place = placeWindow(saved, [LAPTOP, SECOND])
        expect(place.width).toBeGreaterThanOrEqual(MIN_SIZE.width)
        expect(place.height).toBeGreaterThanOrEqual(MIN_SIZE.height)
        if (!('x' in place)) return
        const seen = [LAPTOP, SECOND].some(
          (area) =>
            place.x < area.x + area.width &&
            place.x + place.width > area.x &&
            place.y >= area.y - 32 &&
            place.y < area.y + area.height,
        )
        expect(seen).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
