import { describe, expect, test } from 'vitest'
import {
  NOW,
  ABOVE,
  AT_LEAST,
  evaluate,
  told,
  minutes,
  QUIET,
} from '../../../test-support/domain/evaluations.ts'

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

function poisson(mean: number, random: () => number): number {
  let [count, left] = [0, random()]
  for (const least = Math.exp(-mean); left > least; count++) left *= random()
  return count
}

describe('an alert', () => {
  test('that goes on for a day is over as the new level; what rings next is above that, until it is as usual again', () => {
    const random = seeded(3)
    const level = Array.from<undefined, [number, number]>({ length: 3 * 1_440 }, () => [
      1,
      poisson(1, random),
    ])
    const evaluated = evaluate(
      ABOVE,
      minutes(...level, [30, 6], ...level.slice(0, 600), [600, 0], [30, 1], QUIET),
      { isEvaluated: (at) => at % 7 !== 3 },
    )
    const transitions = told(evaluated).filter(({ kind }) => kind !== 'doubled')
    const from = (transitions[0]?.minute ?? 0) - NOW
    expect(from).toBeLessThan(110)
    expect(transitions.map(({ kind, isNewLevel = false }) => `${kind} ${isNewLevel}`)).toEqual([
      'started false',
      'resolved true',
      // Six a minute, where one is.
      'started false',
      'resolved false',
      // One a minute, ten quiet hours after it was the level.
      'started false',
      'resolved false',
    ])
    const [, reached, above, , again] = transitions
    expect((reached?.minute ?? 0) - NOW - from).toBeLessThanOrEqual(1_441)
    expect((above?.minute ?? 0) - NOW).toBeGreaterThanOrEqual(90 + 3 * 1_440)
    expect((above?.minute ?? 0) - NOW).toBeLessThan(95 + 3 * 1_440)
    expect(again?.alertId).not.toBe(above?.alertId)
    const levels = evaluated.map(({ state }) => state.level?.factor ?? 0)
    expect(levels.findLast((factor) => factor > 0)).toBeGreaterThan(4)
    expect(levels.at(-1)).toBe(0)
  })

  test('of a fixed number goes on for as long as it is so', () => {
    const long = told(evaluate(AT_LEAST, minutes([3 * 1_440, 3])))
    expect(long.map(({ kind }) => kind)).toEqual(['started'])
  })
})
