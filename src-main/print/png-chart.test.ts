import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { UsualResult } from '../../src-shared/contract/alerts/usual.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { projectFile } from '../runtime/project-files.ts'
import type { Chart, ChartLayers } from './chart.ts'
import { loadCanvas, PNG_COLOURS } from './png-brush.ts'
import { pngChart } from './png-chart.ts'
import { hourChart, TWO_PM } from '../../test-support/print/print.ts'

const { priorities, ground } = PNG_COLOURS.light
const [HIGHEST, HIGH] = priorities

describe('the chart as a picture', () => {
  test('is 1,600 by 900', async () => {
    expect(await draw(hourChart([]))).toMatchObject({ width: 1_600, height: 900 })
  })

  test('has a bar for each minute with tickets, as high as its count, Highest at the ground', async () => {
    const picture = await draw(
      hourChart([
        [10, '1', 1],
        [10, '2', 1],
        [40, '2', 2],
      ]),
    )
    const lower = picture.columnsOf(HIGHEST, 600)
    const upper = picture.columnsOf(HIGH, 400)
    expect(lower).toHaveLength(1)
    expect(upper).toHaveLength(2)
    // The first quarter of the hour, and its second half: the upper part of the first bar stands on its lower part.
    expect(lower[0]).toEqual(upper[0])
    expect(lower[0]?.from).toBeGreaterThan(300)
    expect(upper[1]?.from).toBeGreaterThan(1_000)
  })

  test('hatches what is not settled yet', async () => {
    const settled = hourChart([[30, '2', 1]])
    const open = { ...settled, provisionalFromMinute: TWO_PM + 30 }
    const full = (await draw(settled)).pixelsOf(HIGH, 216, 756)
    const hatched = (await draw(open)).pixelsOf(HIGH, 216, 756)
    expect(hatched).toBeGreaterThan(0)
    expect(hatched).toBeLessThan(full * 0.6)
  })

  test('hatches what was not fetched, as high as the chart, and nothing of the future', async () => {
    const [from, now] = [startOfMinute(TWO_PM + 15), startOfMinute(TWO_PM + 30)]
    const chart = { ...hourChart([]), unknown: [{ fromMs: from, toMs: now }], nowMs: now }
    const hatched = (await draw(chart)).columnsOf(PNG_COLOURS.light.axis, 400)
    const [first, last] = [hatched[0]?.from ?? 0, hatched.at(-1)?.to ?? 0]
    expect(first).toBeGreaterThan(450)
    expect(last).toBeGreaterThan(first + 250)
    expect(last).toBeLessThan(850)
  })

  test('shows no bar in an empty hour', async () => {
    const picture = await draw(hourChart([]))
    expect(picture.pixelsOf(HIGH, 216, 756) + picture.pixelsOf(HIGHEST, 216, 756)).toBe(0)
    expect(picture.pixelsOf(ground, 0, 900)).toBeGreaterThan(1_300_000)
  })

  test('is refused in one sentence where this machine cannot draw', async () => {
    await expect(loadCanvas(() => Promise.reject(new Error('no such binding')))).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('@napi-rs/canvas'),
    })
  })
})

function each(value: number): number[] {
  return Array.from({ length: 60 }, () => value)
}

function mark(minute: number, kind: 'mark' | 'incident'): TimeMark {
  const fromMs = startOfMinute(TWO_PM + minute)
  return { id: `${minute}`, kind, text: 'database full', fromMs, toMs: null, revision: null }
}

describe('behind and over the bars', () => {
  const { usual, text, unusual } = PNG_COLOURS.light
  const buckets = { fromMinute: TWO_PM, toMinute: TWO_PM + 60, bucketMinutes: 1 }
  const band = { low: each(0), high: each(2), mean: each(1), unusualFrom: each(4) }
  const result = { ...buckets, ...band, siteId: 's', zone: 'UTC', learnedToMinute: TWO_PM, learning: null }
  const withBand = { usual: result as unknown as UsualResult }

  test('is the band of what is usual as wide as the chart, and a triangle on what is not', async () => {
    const chart = hourChart([[10, '2', 4]])
    expect((await draw(chart)).pixelsOf(usual, 216, 756)).toBe(0)
    const picture = await draw(chart, 'light', withBand)
    const [first, ...rest] = picture.columnsOf(usual, 740)
    expect(first?.from).toBe(101)
    expect(rest.at(-1)?.to).toBe(1_535)
    expect(picture.pixelsOf(unusual, 190, 300)).toBeGreaterThan(20)
    const calm = await draw(hourChart([[10, '2', 3]]), 'light', withBand)
    expect(calm.pixelsOf(unusual, 190, 700)).toBe(0)
  })

  test('is the outline of a run, solid behind now and dashed ahead, never higher than the chart', async () => {
    const nowMs = startOfMinute(TWO_PM + 30)
    const planned = [10, 50].map((minute) => ({ minute: TWO_PM + minute, planned: 8 }))
    const picture = await draw({ ...hourChart([]), nowMs }, 'light', { planned })
    const inPlot = (from: number, to: number): number =>
      picture.columnsOf(text, 500).filter((line) => line.from > from && line.to < to).length
    expect(inPlot(300, 700)).toBe(2)
    expect(picture.pixelsOf(text, 216, 756)).toBeGreaterThan(1_000)
    const columns = (minute: number): number => {
      const x = Math.round(100 + (minute / 60) * 1_436)
      return Array.from({ length: 500 }, (_, y) => y + 230).filter((y) =>
        picture.columnsOf(text, y).some(({ from, to }) => from >= x - 4 && to <= x + 4),
      ).length
    }
    expect(columns(10)).toBeGreaterThan(400)
    expect(columns(50)).toBeGreaterThan(150)
    expect(columns(50)).toBeLessThan(columns(10) * 0.8)
  })

  test('is a flag with a pole for each mark, with its words', async () => {
    const picture = await draw(hourChart([]), 'light', { marks: [mark(20, 'mark'), mark(40, 'incident')] })
    const at = (colour: string): number | undefined => picture.columnsOf(colour, 180)[0]?.from
    expect(at(PNG_COLOURS.light.muted)).toBeCloseTo(100 + 1_436 / 3, -1)
    expect(at(unusual)).toBeCloseTo(100 + (1_436 * 2) / 3, -1)
    expect(picture.pixelsOf(unusual, 216, 756)).toBeGreaterThan(100)
  })
})

describe.each(['light', 'dark'] as const)('the colours of a picture, %s', (theme) => {
  const colours = PNG_COLOURS[theme]

  test('are the dashboard’s', async () => {
    const tokens = await readFile(projectFile('src-renderer', 'app', 'tokens.css'), 'utf8')
    const token = (name: string): string | undefined =>
      new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens)?.[theme === 'light' ? 1 : 2]
    expect(colours.ground).toBe(token('ground'))
    expect(colours.text).toBe(token('text'))
    expect(colours.muted).toBe(token('text-2'))
    expect(colours.grid).toBe(token('chart-grid'))
    expect(colours.axis).toBe(token('chart-baseline'))
    expect(colours.usual).toBe(token('usual'))
    expect(colours.usualEdge).toBe(token('usual-edge'))
    expect(colours.unusual).toBe(token('bad'))
    for (const [rank, colour] of colours.priorities.entries())
      expect(colour).toBe(token(`priority-${rank + 1}`))
  })

  test('can be told from the ground', () => {
    const { text, muted, ground: behind } = colours
    const [highest, high] = colours.priorities
    for (const colour of [text, muted]) expect(contrast(colour, behind)).toBeGreaterThan(4.5)
    for (const colour of colours.priorities) expect(contrast(colour, behind)).toBeGreaterThan(3)
    expect(contrast(highest, high)).toBeGreaterThan(2)
  })

  test('are what is drawn', async () => {
    const picture = await draw(hourChart([[30, '2', 1]]), theme)
    expect(picture.pixelsOf(colours.ground, 0, 900)).toBeGreaterThan(1_000_000)
    expect(picture.columnsOf(colours.priorities[1], 600)).toHaveLength(1)
  })
})

interface Picture {
  readonly width: number
  readonly height: number
  /** Stretches of a colour along one row. */
  columnsOf(colour: string, y: number): { from: number; to: number }[]
  pixelsOf(colour: string, fromY: number, toY: number): number
}

async function draw(
  chart: Chart,
  theme: 'light' | 'dark' = 'light',
  layers: ChartLayers = {},
): Promise<Picture> {
  const { createCanvas, loadImage } = await loadCanvas()
  const image = await loadImage(
    Buffer.from(await pngChart(chart, { source: 'Sandbox · TPM', theme, layers })),
  )
  const { width, height } = image
  const context = createCanvas(width, height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  const is = (x: number, y: number, colour: string): boolean => {
    const at = (y * width + x) * 4
    return rgb(colour).every((value, channel) => Math.abs((data[at + channel] ?? 0) - value) <= 2)
  }
  const xs = Array.from({ length: width }, (_, x) => x)
  return {
    width,
    height,
    columnsOf: (colour, y) =>
      xs.flatMap((from) => {
        if (!is(from, y, colour) || (from > 0 && is(from - 1, y, colour))) return []
        return [{ from, to: xs.slice(from).find((x) => !is(x, y, colour)) ?? width }]
      }),
    pixelsOf(colour, fromY, toY) {
      let pixels = 0
      for (let y = fromY; y < toY; y++) pixels += xs.filter((x) => is(x, y, colour)).length
      return pixels
    },
  }
}

function rgb(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

/** The contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const [bright = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (bright + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = rgb(colour).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
