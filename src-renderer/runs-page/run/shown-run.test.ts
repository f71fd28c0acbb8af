import { expect, test } from 'vitest'
import { eight, runOf } from '../../../test-support/renderer/runs-page/runs.ts'
import { PAUSED, WAITING } from '../../../test-support/domain/run.ts'
import { framedSpan, notMade, outcomeText, planSpanText, runStateText, speedText } from './shown-run.tsx'

test('a run that waits for its store is not called paused', () => {
  expect(runStateText(runOf(1, PAUSED))).toBe('Paused')
  expect(runStateText(runOf(1, WAITING))).toBe('Waiting')
  expect(runStateText(runOf(1, { state: 'broken' }))).toBe('Interrupted')
})

test('what was not made is told apart from what nobody knows', () => {
  const stopped = runOf(1, { state: 'stopped', created: 61, failed: 2, unknown: 1 })
  expect(notMade(stopped)).toBe(38)
  expect(outcomeText(stopped)).toBe('61 of 100 created, 38 not made, 1 unknown')
})

test('of a run that goes on, what is still to come is not called not made', () => {
  expect(outcomeText(runOf(1, { state: 'running', created: 61, failed: 2, skipped: 1 }))).toBe(
    '61 of 100 created, 3 not made',
  )
})

test('what a clean-up has deleted is shown', () => {
  expect(outcomeText(runOf(1, { removed: 100 }))).toBe('100 of 100 created, all deleted again')
  expect(outcomeText(runOf(1, { removed: 31 }))).toBe('100 of 100 created, 31 deleted again')
})

test('the span is shown with its day, and with two where it is longer', () => {
  expect(planSpanText(runOf(1), 'UTC', eight)).toBe('Tue 24 Nov, 19:00–20:00')
  expect(planSpanText(runOf(1), 'Europe/Zurich', eight)).toBe('Tue 24 Nov, 20:00–21:00')
  const late = { startMs: eight + 3 * 3_600_000, endMs: eight + 5 * 3_600_000 }
  expect(planSpanText(late, 'UTC', eight)).toBe('Tue 24 Nov, 23:00 to Wed 25 Nov, 01:00')
})

test('the speed is shown against the clock’s', () => {
  expect(speedText(1)).toBe('real time')
  expect(speedText(60)).toBe('60 × real time')
})

test('in the chart a run is framed whole, with a margin in whole minutes', () => {
  expect(framedSpan({ startMs: at('14:00:20'), endMs: at('15:00:20') })).toEqual({
    fromMs: at('13:56:00'),
    toMs: at('15:05:00'),
  })
  expect(framedSpan({ startMs: at('14:00:20'), endMs: at('14:00:50') })).toEqual({
    fromMs: at('13:58:00'),
    toMs: at('14:03:00'),
  })
})

function at(time: string): number {
  return Date.parse(`2026-11-24T${time}Z`)
}
