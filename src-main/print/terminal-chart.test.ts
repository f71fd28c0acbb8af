import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Chart } from './chart.ts'
import { terminalChart } from './terminal-chart.ts'
import { wallMinute } from './wall-clock.ts'
import { hourChart, TWO_PM } from '../../test-support/print/print.ts'

const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, 'g')

describe('the chart in a terminal', () => {
  test('shows heading, figures, stacked bars, axes and legend', () => {
    const chart = hourChart(
      [
        [0, '1', 1],
        [3, '2', 2],
        [3, '1', 1],
        [59, '2', 1],
      ],
      { zone: 'Europe/Berlin', provisionalFromMinute: TWO_PM + 59 },
    )
    expect(terminalChart(chart, { width: 80, height: 3 })).toBe(
      [
        'Thu 15 Jan 2026, 15:00–16:00, Europe/Berlin',
        '5 tickets · 0.08 a minute · peak 3 at 15:03',
        '',
        ' 3 ┤   ▒',
        ' 2 ┤   ▒',
        ' 1 ┤█  █                                                       ░',
        '   └┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────',
        '   15:00    15:10     15:20     15:30     15:40     15:50',
        '',
        '█ Highest 2   ▒ High 3   ░ not settled yet',
      ].join('\n'),
    )
  })

  test('a run that begins within a minute is averaged over its own hour, not over the 61 minutes that it touches', () => {
    const chart = hourChart([[30, '2', 100]], { minutes: 61, spanMs: 3_600_000 })
    expect(terminalChart(chart, { width: 80 })).toContain('100 tickets · 1.67 a minute')
  })

  test('can be drawn in plain ASCII', () => {
    const chart = hourChart([[3, '2', 2]], { provisionalFromMinute: TWO_PM + 50 })
    const text = terminalChart(chart, { width: 80, ascii: true })
    expect(text).toMatch(/^[\x20-\x7E\n]*$/)
    expect(text).toContain('=')
  })

  test('has colours only where asked, and says the same without them', () => {
    const chart = hourChart([
      [3, '2', 2],
      [4, '1', 1],
    ])
    expect(terminalChart(chart, { width: 80 })).not.toMatch(ESCAPES)
    const coloured = terminalChart(chart, { width: 80, colour: true })
    expect(coloured).toMatch(ESCAPES)
    expect(coloured.replace(ESCAPES, '').replaceAll('█', '▒')).toBe(
      terminalChart(chart, { width: 80 }).replaceAll('█', '▒'),
    )
  })

  test('is never wider than the terminal, whatever it shows', () => {
    const rows = fc.array(
      fc.tuple(fc.nat(1_439), fc.constantFrom('1', '2'), fc.integer({ min: 1, max: 500 })),
    )
    const minutes = fc.constantFrom(5, 60, 180, 1_440)
    fc.assert(
      fc.property(rows, minutes, fc.integer({ min: 40, max: 250 }), (all, span, width) => {
        const lines = terminalChart(hourChart(all, { minutes: span }), { width }).split('\n')
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
      }),
      { examples: [[[[3, '2', 1]], 1_440, 40]] },
    )
  })

  test('puts neighbouring minutes into one column where there are more than fit, and says so', () => {
    const chart = hourChart(
      [
        [0, '1', 1],
        [1, '1', 1],
        [59, '2', 1],
      ],
      { minutes: 120 },
    )
    const text = terminalChart(chart, { width: 80 })
    expect(text).toContain('a column is 2 min')
    expect(text).toContain('peak 2 in 2 min at 14:00')
    expect(text).toContain(' 2 ┤█')
  })

  test('headline, legend and axis say the same of a column, whatever the span and the width', () => {
    const span = fc
      .record({ bucketMinutes: fc.constantFrom(1, 5, 60), buckets: fc.integer({ min: 1, max: 3_000 }) })
      .map(({ bucketMinutes, buckets }) => ({ bucketMinutes, minutes: bucketMinutes * buckets }))
    const tickets = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(span, tickets, fc.integer({ min: 20, max: 250 }), (shown, given, width) => {
        const { bucketMinutes, minutes } = shown
        const rows = given.map(([at, count]): [number, string, number] => [
          (at % (minutes / bucketMinutes)) * bucketMinutes,
          '2',
          count,
        ])
        const text = terminalChart(hourChart(rows, shown), { width })
        const said = /peak (\d+)(?: in (\d+ (?:min|h|days?)))? at (?:(\d+ \w+) )?(\d\d:\d\d)/.exec(text)
        const column = /a column is (\d+ (?:min|h|days?))/.exec(text)?.[1]
        const per = minutesIn(said?.[2] ?? '1 min')

        // The legend has what the headline has, and nothing where a column is a bucket.
        expect(column).toBe(per === bucketMinutes ? undefined : said?.[2])
        // The peak is the most that so many minutes have.
        const sums = sumsOf(rows, minutes, per)
        const fullest = sums.indexOf(Math.max(...sums))
        const start = wallMinute(TWO_PM + fullest * per, 'UTC')
        expect([Number(said?.[1]), said?.[4]]).toEqual([sums[fullest], start.clock])
        expect([undefined, start.shortDay]).toContain(said?.[3])
        // And a tick stands at the column of its time.
        const wrong = ticksOf(text).filter(({ label, columns, column: at }) => {
          const bars = sums.flatMap((_, bar) => (columnOf(bar, sums.length, columns) === at ? [bar] : []))
          return !bars.some((bar) => isWithin(label, TWO_PM + bar * per, per))
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test('columns of many days are as long as people count in, and the peak has its day', () => {
    const chart = hourChart([[1_500, '2', 3]], { minutes: 7 * 1_440, bucketMinutes: 1 })
    const text = terminalChart(chart, { width: 80 })
    expect(text).toContain('a column is 3 h')
    expect(text).toContain('peak 3 in 3 h at 16 Jan 14:00')
  })

  test.each([
    [64, 60],
    [92, 60],
    [100, 96],
    [120, 116],
    [130, 120],
    [200, 180],
    [400, 240],
  ])('an hour on %i columns is %i wide', (width, columns) => {
    const axis = terminalChart(hourChart([[3, '2', 1]]), { width })
      .split('\n')
      .find((line) => line.includes('└'))
    expect((axis ?? '').trim().length - 1).toBe(columns)
  })

  test('keeps high bars within its rows', () => {
    const text = terminalChart(hourChart([[3, '2', 700]]), { width: 80, height: 6 })
    expect(text.split('\n').filter((line) => line.includes('▒ ') || line.endsWith('▒'))).toHaveLength(7)
  })

  test('says that there is nothing in an empty hour', () => {
    const text = terminalChart(hourChart([]), { width: 80 })
    expect(text).toContain('No High or Highest tickets')
    expect(text).toContain('14:30')
  })

  test('asks where nothing was fetched, says since when, and leaves the future empty', () => {
    const gap = { fromMs: startOfMinute(TWO_PM + 20), toMs: startOfMinute(TWO_PM + 50) }
    const chart = hourChart(
      [
        [3, '2', 2],
        [22, '1', 1],
      ],
      { spanMs: 20 * 60_000, unknown: [gap], nowMs: startOfMinute(TWO_PM + 50) },
    )
    expect(terminalChart(chart, { width: 80, height: 2 })).toBe(
      [
        'Thu 15 Jan 2026, 14:00–15:00, UTC',
        'at least 3 tickets · 0.15 a minute · peak 2 at 14:03 · not fetched since 14:20',
        '',
        ' 2 ┤   ▒                  ?',
        ' 1 ┤   ▒                ??█???????????????????????????',
        '   └┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────',
        '   14:00    14:10     14:20     14:30     14:40     14:50',
        '',
        '█ Highest 1   ▒ High 2   ? not fetched',
      ].join('\n'),
    )
  })

  test('no zero is claimed of what was not fetched', () => {
    const [from, to] = [startOfMinute(TWO_PM), startOfMinute(TWO_PM + 60)]
    const first = (given: Partial<Chart>): string =>
      terminalChart(hourChart([], { nowMs: to, ...given }), { width: 120 }).split('\n')[1] ?? ''
    expect(first({ spanMs: 0, unknown: [{ fromMs: from, toMs: to }] })).toBe('Not fetched')
    const nothing = 'No High or Highest tickets'
    const minute = 60_000
    const [early, late] = [
      { fromMs: from, toMs: from + 10 * minute },
      { fromMs: from + 20 * minute, toMs: from + 30 * minute },
    ]
    expect(first({ unknown: [early] })).toBe(`${nothing} · not fetched before 14:10`)
    expect(first({ unknown: [late] })).toBe(`${nothing} · not fetched from 14:20 to 14:30`)
    expect(first({ unknown: [early, late] })).toBe(`${nothing} · not fetched in 2 gaps, 20 min together`)
  })

  test('marks midnight with the day', () => {
    const text = terminalChart(hourChart([[3, '2', 1]], { minutes: 1_440, bucketMinutes: 60 }), { width: 80 })
    expect(text).toContain('Thu 15 Jan 2026, 14:00 – Fri 16 Jan 2026, 14:00, UTC')
    expect(text).toContain('16 Jan')
  })
})

/** The tickets of each `per` minutes of a span. */
function sumsOf(
  rows: readonly (readonly [number, string, number])[],
  minutes: number,
  per: number,
): number[] {
  return Array.from({ length: Math.ceil(minutes / per) }, (_, bar) =>
    rows.reduce((sum, [minute, , count]) => sum + (Math.floor(minute / per) === bar ? count : 0), 0),
  )
}

/** `2 h` is 120. */
function minutesIn(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('min') ? 1 : text.endsWith('h') ? 60 : 1_440)
}

function columnOf(bar: number, bars: number, columns: number): number {
  return Math.floor((bar * columns) / bars)
}

/** The ticks of the axis whose labels stand below them: each with its column, of how many. */
function ticksOf(text: string): { label: string; column: number; columns: number }[] {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.includes('└'))
  const left = (lines[at] ?? '').indexOf('└') + 1
  const axis = (lines[at] ?? '').slice(left)
  const marks = [...axis.matchAll(/┬/g)].map(({ index }) => index)
  const labels = [...(lines[at + 1] ?? '').matchAll(/\d\d:\d\d|\d+ [A-Z]\w\w/g)]
  return labels.flatMap(({ 0: label, index }) => {
    // Not beyond the end of the axis, and not before its beginning: there a label does not stand below its tick.
    const column = marks.find((mark) => left + mark - Math.floor(label.length / 2) === index)
    return column === undefined ? [] : [{ label, column, columns: axis.length }]
  })
}

/** Whether a tick's text is of a time of so many minutes of 2026: of a time of day, or of a day's beginning. */
function isWithin(label: string, startMinute: number, minutes: number): boolean {
  const [hour, minute] = label.split(':').map(Number)
  if (minute === undefined) {
    const day = Date.parse(`${label} 2026 UTC`) / 60_000
    return day >= startMinute && day < startMinute + minutes
  }
  const after = ((hour ?? 0) * 60 + minute - (startMinute % 1_440) + 1_440) % 1_440
  return after < minutes
}
