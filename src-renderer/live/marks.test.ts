import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import {
  first,
  later,
  run,
  startDashboard,
  type TestedDashboard,
} from '../../test-support/renderer/live/dashboard.ts'

let tested: TestedDashboard
beforeEach(async () => {
  tested = await startDashboard()
})
afterEach(() => {
  tested.dashboard.stop()
  vi.useRealTimers()
})

function markAt(text: string): void {
  tested.core.marks = async (asked) => {
    const fromMs = 'fromMs' in asked ? asked.fromMs : 0
    const mark: TimeMark = { id: 'm', kind: 'mark', text, fromMs, toMs: null, revision: 'r' }
    return { marks: [mark], more: false }
  }
}
const marks = () => tested.dashboard.store.get().marks

test('the marks of the span shown are there, follow it, and are read again when one is set', async () => {
  expect(marks()).toEqual([])
  markAt('deploy')
  tested.hub.publish('marks.changed', { siteId: 's' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(marks()).toMatchObject([{ text: 'deploy', fromMs: first.fromMs }])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(marks()).toMatchObject([{ fromMs: later.fromMs }])
})

test('a run that begins marks itself, and each of its tickets is no reason to ask', async () => {
  markAt('Run')
  tested.hub.publish('run.changed', run)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(marks()).toMatchObject([{ text: 'Run' }])
  markAt('Other')
  tested.hub.publish('run.changed', { ...run, created: 99 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(marks()).toMatchObject([{ text: 'Run' }])
})
