import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CountsSplit } from '../../../src-shared/contract/fields.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { TWO_PM } from '../../../test-support/print/print.ts'
import type { LoadedChart } from './load-chart.ts'
import { createMinuteLines, gapsOf } from './watch-counts.ts'
import { openTestWorkspace } from '../../../test-support/commands/workspace.ts'

interface Line {
  readonly seq: number
  readonly notFetched?: readonly unknown[]
  readonly verdict?: { readonly state: string }
  readonly buckets?: readonly { readonly total: number }[]
  readonly changes?: readonly { readonly priority: { readonly name: string }; readonly count: number }[]
}

test(
  'counts --watch --json: all counts first, then a line for each change; Ctrl-C ends it with 0',
  { timeout: 60_000 },
  async () => {
    const { cli, sandbox } = await openTestWorkspace()
    const controller = new AbortController()
    let text = ''
    const all = (): Line[] =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line)
    const lines = (): Line[] =>
      all().filter(({ notFetched, verdict }) => notFetched === undefined && verdict === undefined)
    const running = cli.run(['counts', '--watch', '--json'], {
      signal: controller.signal,
      onStdout: (more) => (text += more),
    })
    await expect.poll(() => lines().length, { timeout: 20_000 }).toBe(1)
    expect(lines()[0]?.buckets).toHaveLength(60)
    await expect.poll(() => all().some(({ verdict }) => verdict?.state === 'learning')).toBe(true)

    for (const priority of ['High', 'Highest']) {
      await sandbox.add({
        project: { key: 'TPM' },
        issuetype: { name: 'Task' },
        priority: { name: priority },
        summary: 'A ticket',
      })
      await expect
        .poll(() => lines().at(-1)?.changes?.at(-1)?.priority.name, { timeout: 20_000 })
        .toBe(priority)
      expect(lines().at(-1)?.changes?.at(-1)?.count).toBe(1)
    }
    const seqs = lines().map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    controller.abort()
    expect(await running).toMatchObject({ code: 0 })
    await delay(0)
  },
)

test(
  'counts --watch --json of some tickets alone: all of their counts, again at each change',
  { timeout: 60_000 },
  async () => {
    const { cli, sandbox } = await openTestWorkspace()
    const controller = new AbortController()
    let text = ''
    const totals = (): { total: number; tasks: number }[] =>
      text
        .split('\n')
        .filter((line) => line.includes('"buckets"'))
        .map((line) => JSON.parse(line) as Required<Line> & { split: CountsSplit })
        .map(({ buckets, split }) => ({
          total: buckets.reduce((sum, { total }) => sum + total, 0),
          tasks: split.parts.find(({ value }) => value === 'Task')?.total ?? 0,
        }))
    const running = cli.run(['counts', '--watch', '--json', '--only', 'type=Task', '--split', 'type'], {
      signal: controller.signal,
      onStdout: (more) => (text += more),
    })
    await expect.poll(() => totals().length, { timeout: 20_000 }).toBe(1)
    const before = totals()[0]?.tasks ?? Number.NaN
    for (const name of ['Bug', 'Task']) {
      const fields = { project: { key: 'TPM' }, priority: { name: 'High' }, summary: 'A ticket' }
      await sandbox.add({ ...fields, issuetype: { name } })
    }
    await expect.poll(() => totals().at(-1)?.tasks, { timeout: 20_000 }).toBe(before + 1)
    expect(totals().every(({ total, tasks }) => total === tasks)).toBe(true)
    controller.abort()
    expect(await running).toMatchObject({ code: 0 })
  },
)

test('lines for a log: one for each minute when it is over, and another where a ticket came later', () => {
  const written: string[] = []
  const tell = createMinuteLines((line) => void written.push(line))
  tell(loaded(TWO_PM, [0, 0, 0]))
  tell(loaded(TWO_PM, [0, 0, 2]))
  expect(written).toEqual([]) // what was over is known, and the last minute is not over
  tell(loaded(TWO_PM + 1, [0, 2, 0]))
  expect(written).toEqual(['2026-01-15T14:02:00Z  2  High 2'])
  tell(loaded(TWO_PM + 1, [0, 3, 1]))
  expect(written).toEqual(['2026-01-15T14:02:00Z  2  High 2', '2026-01-15T14:02:00Z  3  High 3'])
  tell(loaded(TWO_PM + 3, [1, 0, 0]))
  expect(written.slice(2)).toEqual(['2026-01-15T14:03:00Z  1  High 1', '2026-01-15T14:04:00Z  0'])
})

test('a gap is told from where it begins to where it ends, as long as the span has any of it', () => {
  const span = { fromMs: startOfMinute(TWO_PM), toMs: startOfMinute(TWO_PM + 60) }
  const [early, late, now] = [
    startOfMinute(TWO_PM - 5),
    startOfMinute(TWO_PM + 20),
    startOfMinute(TWO_PM + 30),
  ]
  expect(gapsOf(spans([0, now]), span, now)).toEqual([])
  expect(gapsOf(spans([0, late]), span, now)).toEqual([{ from: '2026-01-15T14:20:00Z', to: null }])
  expect(gapsOf(spans([0, early], [late, now]), span, now)).toEqual([
    { from: '2026-01-15T13:55:00Z', to: '2026-01-15T14:20:00Z' },
  ])
  expect(gapsOf([], span, now)).toEqual([{ from: null, to: null }])
  // What lies before the span is none of its gaps.
  expect(gapsOf(spans([0, early - 1], [early, now]), span, now)).toEqual([])
})

test('a minute that nobody fetched is a question, and answered once it is fetched', () => {
  const written: string[] = []
  const tell = createMinuteLines((line) => written.push(line))
  const gap = [{ fromMs: startOfMinute(TWO_PM + 2), toMs: startOfMinute(TWO_PM + 4) }]
  tell(loaded(TWO_PM, [0, 0, 0]))
  tell(loaded(TWO_PM + 1, [0, 1, 0], gap))
  expect(written).toEqual(['2026-01-15T14:02:00Z  ?  High 1'])
  tell(loaded(TWO_PM + 1, [0, 3, 0]))
  expect(written.slice(1)).toEqual(['2026-01-15T14:02:00Z  3  High 3'])
})

function spans(...each: readonly (readonly [fromMs: number, toMs: number])[]): TimeSpan[] {
  return each.map(([fromMs, toMs]) => ({ fromMs, toMs }))
}

/** Counts of three minutes, the last of which is not over. */
function loaded(fromMinute: number, high: readonly number[], unknown: readonly TimeSpan[] = []): LoadedChart {
  const counts = {
    siteId: 'site',
    seq: 1,
    fromMinute,
    toMinute: fromMinute + 3,
    bucketMinutes: 1,
    priorityIds: ['2'],
    counts: [[...high]],
    provisionalFromMinute: fromMinute + 2,
  }
  const chart = { unknown, nowMs: Infinity }
  return { counts, chart, session: { watched: [{ id: '2', name: 'High' }] } } as unknown as LoadedChart
}
