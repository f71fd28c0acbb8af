import { describe, expect, test } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { steadyClock } from '../../../src-shared/domain/site-clock.ts'
import type { ReadClient } from '../../app/stored.ts'
import { machineClock } from '../../runtime/clock.ts'
import { askedSpan, type SpanOptions } from './times.ts'

/** A Wednesday, by the clock of a site whose times are shown in Berlin. */
const NOW_MS = Date.parse('2026-11-25T14:37:20Z')

/** `run`: what `runs.current` answers. */
function clientAt(nowMs: number, run: { startMs: number; endMs: number } | null = null): ReadClient {
  const machineMs = machineClock.now()
  const clock = steadyClock(machineMs, nowMs - machineMs)
  const answers: Readonly<Record<string, unknown>> = {
    'session.get': { clock, zone: 'Europe/Berlin' },
    'runs.current': run,
  }
  return { call: async (method) => answers[method] as never }
}

async function spanOf(options: SpanOptions, client = clientAt(NOW_MS)): Promise<string> {
  const asked = await askedSpan(options, 'Europe/Berlin')
  const { fromMs, toMs, bucketMinutes } = await asked(client)
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 16))
  return `${from} – ${to} by ${bucketMinutes}`
}

test.each([
  [{}, '2026-11-25T13:38 – 2026-11-25T14:38 by 1'],
  [{ interval: 5 }, '2026-11-25T13:40 – 2026-11-25T14:40 by 5'],
  [{ from: '-2h' }, '2026-11-25T12:38 – 2026-11-25T14:38 by 1'],
  [{ from: '-24h' }, '2026-11-24T14:45 – 2026-11-25T14:45 by 15'],
  [{ from: '14:05' }, '2026-11-25T13:05 – 2026-11-25T14:38 by 1'],
  [{ from: 'yesterday' }, '2026-11-23T23:00 – 2026-11-24T23:00 by 15'],
  [{ from: 'yesterday', zone: 'UTC' }, '2026-11-24T00:00 – 2026-11-25T00:00 by 15'],
  [{ from: 'mon 9-11' }, '2026-11-23T08:00 – 2026-11-23T10:00 by 1'],
  [{ from: '2026-11-23' }, '2026-11-22T23:00 – 2026-11-25T15:00 by 60'],
  [{ to: 'now-1h' }, '2026-11-25T12:37 – 2026-11-25T13:37 by 1'],
  [{ from: '2026-10-25T02:30', to: '2026-10-25T03:30' }, '2026-10-25T00:30 – 2026-10-25T02:30 by 1'],
  [{ from: 'now-60d', interval: 1_440 }, '2026-09-26T22:00 – 2026-11-25T23:00 by 1440'],
] as const)('%j', async (options, expected) => {
  expect(await spanOf(options)).toBe(expected)
})

test('where nothing is said, the whole of a run that reaches into the last hour', async () => {
  const startMs = NOW_MS - 90 * 60_000 + 400
  const run = (endMs: number) => spanOf({}, clientAt(NOW_MS, { startMs, endMs }))
  expect(await run(NOW_MS)).toBe('2026-11-25T13:07 – 2026-11-25T14:38 by 1')
  expect(await run(NOW_MS - 70 * 60_000)).toBe('2026-11-25T13:38 – 2026-11-25T14:38 by 1')
})

/** How far (ms) the span has moved on when the site's clock has by so many minutes. */
async function movedBy(options: SpanOptions, minutes: number): Promise<number> {
  const asked = await askedSpan(options, 'Europe/Berlin')
  const before = await asked(clientAt(NOW_MS))
  return (await asked(clientAt(NOW_MS + startOfMinute(minutes)))).fromMs - before.fromMs
}

test('a span moves on with the site’s clock where it ends in now, and stands where it does not', async () => {
  expect(await movedBy({ from: '-2h' }, 5)).toBe(300_000)
  expect(await movedBy({}, 5)).toBe(300_000)
  // The 14:50 that was meant is yesterday's, also when it is 14:52.
  expect(await movedBy({ from: '14:50', to: 'now', zone: 'UTC' }, 15)).toBe(0)
  expect(await movedBy({ from: 'mon 9-11' }, 5)).toBe(0)
})

describe('is refused in a sentence', () => {
  test.each([
    [{ from: '' }, '“” is not a time.'],
    [{ from: 'soon' }, '“soon” is not a time.'],
    [{ from: '25:00' }, '“25:00” is not a time.'],
    [{ from: '2026-13-01' }, 'is not a time.'],
    [{ from: '1700000000' }, 'is not a time.'],
    [{ from: '1960-01-01Z' }, 'is not a time.'],
    [{ to: 'soon' }, '“soon” is not a time.'],
    [{ from: 'now-1h', to: '-2h' }, 'The span from now-1h to now-2h ends before it begins.'],
    [{ from: '2026-11-24T15:00Z', to: '2026-11-24T14:00Z' }, 'ends before it begins.'],
    [
      { from: '2026-03-29T02:30' },
      'There was no 2026-03-29 02:30 in Europe/Berlin: clocks were put forward, past it, to 2026-03-29 03:30.',
    ],
  ])('at once: %j', async (options, sentence) => {
    await expect(askedSpan(options, 'Europe/Berlin')).rejects.toThrow(sentence)
  })

  test.each([
    [{ from: '2026-12-24', to: '2026-12-25' }, 'lies in the future.'],
    [{ to: '2100-01-01T00:00Z' }, 'lies in the future.'],
    [{ from: '1980-01-01' }, 'The span is longer than 28 years, which no chart shows.'],
    [{ interval: 10 }, 'Bars of 10 min do not suit this span: that would be fewer than 8 bars.'],
    [
      { from: '-2d', interval: 1 },
      'Bars of 1 min do not suit this span: that would be more than 1,500 bars.',
    ],
  ] as const)('by the site’s clock: %j', async (options, sentence) => {
    await expect(spanOf(options)).rejects.toThrow(sentence)
  })
})
