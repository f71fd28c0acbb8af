import { nothingDone } from '../../src-shared/errors/app-error.ts'
import { axesOf } from '../chart/axes/axes.ts'
import { edgesOf } from '../chart/brush/cursor.ts'
import { spanOfModel, type ChartModel } from '../chart/chart-model.ts'
import { colourOf, figureOf, hex, readPalette, type Palette } from '../chart/figures.ts'
import { bandPath, isUnusual, unusualPath } from '../../src-shared/domain/layers/usual-bars.ts'
import { LABEL_PX, MARGIN, TICK_PX, type BoxSize } from '../chart/geometry.ts'
import { barPlaces, outlinePaths } from '../chart/outlines.tsx'
import { stackOf } from '../chart/stack.ts'
import { Plotly } from '../chart/plotly.ts'
import { notFetchedText } from '../live/text.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import { flagsOf, markTimeText } from '../marks/flags.ts'
import styles from './picture.module.css'
import { legendOf, plain, svg, type LegendEntry } from './svg.ts'

/** What stands around the chart. */
export interface PictureText {
  readonly title: string
  /** Whose tickets, and what is to be known of the numbers. */
  readonly subtitle: string
  /** What the line of the other span is, as `yesterday`; null where nothing is compared. */
  readonly comparedWith: string | null
  /** When it was made, and in which zone its times are. */
  readonly footer: string
}

export type PictureTheme = 'light' | 'dark'

interface Colours extends Palette {
  readonly usual: string
  readonly usualEdge: string
  readonly unusual: string
  readonly ground: string
  readonly strong: string
  readonly accent: string
}

/** In CSS pixels; a PNG has twice as many each way. */
const WIDTH = 1_200
const HEIGHT = 640
const SCALE = 2
const SIDE = 24
/** Above and below the chart. */
const HEAD = 84
const FOOT = 84
/** Narrower, a gap has no words of its own. */
const GAP_TEXT_PX = 150

/**
 * The chart as a picture that needs nothing else: SVG, in the theme asked for, whichever the window has. What was not
 * fetched is hatched, as in the window.
 */
export async function drawSvg(model: ChartModel, text: PictureText, theme: PictureTheme): Promise<string> {
  const colours = withTheme(theme, readColours)
  const size = { width: WIDTH - 2 * SIDE, height: HEIGHT - HEAD - FOOT }
  const chart = await drawChart(model, size, colours)
  const words = (
    at: Readonly<Record<string, number>>,
    fontSize: number,
    fill: string,
    content: string,
  ): SVGElement => svg('text', { ...at, fill, 'font-family': colours.font, 'font-size': fontSize }, content)
  const picture = svg(
    'svg',
    { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` },
    svg('title', {}, `${text.title}. ${text.subtitle}. ${text.footer}`),
    hatch(colours),
    svg('rect', { width: WIDTH, height: HEIGHT, fill: colours.ground }),
    words({ x: SIDE, y: 38, 'font-weight': 600 }, 20, colours.strong, text.title),
    words({ x: SIDE, y: 62 }, 13, colours.text, text.subtitle),
    svg(
      'g',
      { transform: `translate(${SIDE} ${HEAD})` },
      ...usualBand(model, size, colours),
      ...gapBands(model, size, colours),
      ...axes(model, size, colours),
      ...chart,
      ...unusualMarks(model, size, colours),
      ...markFlags(model, size, colours),
      ...outlines(model, size, colours),
    ),
    svg(
      'g',
      { transform: `translate(${SIDE + MARGIN.l} ${HEIGHT - 64})` },
      ...legendOf(entriesOf(model, text, colours), colours),
    ),
    words({ x: SIDE, y: HEIGHT - 20 }, 12, colours.text, text.footer),
  )
  return new XMLSerializer().serializeToString(picture)
}

/** What Plotly draws, outside the page's view. */
async function drawChart(
  model: ChartModel,
  size: { readonly width: number; readonly height: number },
  colours: Colours,
): Promise<SVGElement[]> {
  const node = document.createElement('div')
  node.className = styles['offscreen'] ?? ''
  node.setAttribute('aria-hidden', 'true')
  document.body.append(node)
  try {
    const { data, layout } = figureOf(model, size, colours)
    await Plotly.react(node, data, layout, { staticPlot: true })
    return [...node.querySelectorAll<SVGElement>('.main-svg')].map(plain)
  } finally {
    Plotly.purge(node)
    node.remove()
  }
}

function line(at: Readonly<Record<string, number>>, stroke: string): SVGElement {
  return svg('line', { ...at, stroke, 'shape-rendering': 'crispEdges' })
}

/** The lines and labels of both axes, as in the window. */
function axes(model: ChartModel, size: BoxSize, { grid, baseline, text, font }: Colours): SVGElement[] {
  const { counts, along } = axesOf(model, size)
  const [right, bottom] = [size.width - MARGIN.r, size.height - MARGIN.b]
  const label = (at: Readonly<Record<string, string | number>>, content: string): SVGElement =>
    svg('text', { ...at, fill: text, 'font-family': font, 'font-size': 12 }, content)
  return [
    ...counts.slice(1).map(({ at: y }) => line({ x1: MARGIN.l, x2: right, y1: y, y2: y }, grid)),
    ...counts.map((one) => label({ x: MARGIN.l - 8, y: one.at + 4, 'text-anchor': 'end' }, one.text)),
    line({ x1: MARGIN.l, x2: right, y1: bottom, y2: bottom }, baseline),
    ...along.flatMap(({ at: x, text: said }) => [
      line({ x1: x, x2: x, y1: bottom, y2: bottom + TICK_PX }, baseline),
      label({ x, y: bottom + LABEL_PX, 'text-anchor': 'middle' }, said),
    ]),
  ]
}

/** What is usual, behind the bars. */
function usualBand(
  model: ChartModel,
  size: { readonly width: number; readonly height: number },
  { usual: fill, usualEdge: stroke }: Colours,
): SVGElement[] {
  if (model.usual === null) return []
  const places = barPlaces({ model, size, edges: edgesOf(model) })
  return [svg('path', { d: bandPath(model.usual, places), fill, stroke, 'stroke-width': 1 })]
}

/** A triangle over each bar that is unusual. */
function unusualMarks(
  model: ChartModel,
  size: { readonly width: number; readonly height: number },
  { unusual: fill }: Colours,
): SVGElement[] {
  if (model.usual === null) return []
  const places = barPlaces({ model, size, edges: edgesOf(model) })
  const d = unusualPath(model.bins, model.usual, places)
  return d === '' ? [] : [svg('path', { d, fill })]
}

/** The times that were not fetched, as high as the chart. */
function gapBands(
  model: ChartModel,
  size: { readonly width: number; readonly height: number },
  colours: Colours,
): SVGElement[] {
  if (model.view === 'distribution') return []
  const { gaps, zone } = model
  const span = spanOfModel(model)
  const pxPerMs = (size.width - MARGIN.l - MARGIN.r) / (span.toMs - span.fromMs)
  const height = size.height - MARGIN.t - MARGIN.b
  return gaps.flatMap((gap) => {
    const x = MARGIN.l + (gap.fromMs - span.fromMs) * pxPerMs
    const width = (gap.toMs - gap.fromMs) * pxPerMs
    const band = svg('rect', { x, y: MARGIN.t, width, height, fill: 'url(#not-fetched)' })
    if (width < GAP_TEXT_PX) return [band]
    const at = { x: x + width / 2, y: MARGIN.t + 16, 'text-anchor': 'middle' }
    const font = { fill: colours.text, 'font-family': colours.font, 'font-size': 12 }
    return [band, svg('text', { ...at, ...font }, notFetchedText([gap], span, zone))]
  })
}

/** Where the next flag is nearer, a mark has no words of its own. */
const MARK_TEXT_PX = 90
const MARK_TEXT_LENGTH = 40
/** Of 12 px type, on average. */
const LETTER_PX = 6.5

/** A pole and a flag for each mark, and its words as far as there is room; of several on a few pixels how many. */
function markFlags(
  { view, marks, bins, zone }: ChartModel,
  size: { readonly width: number; readonly height: number },
  { text, font }: Colours,
): SVGElement[] {
  if (view === 'distribution') return []
  const span = spanOfModel({ bins })
  const flags = flagsOf(marks, span, size.width)
  return flags.flatMap((flag, at) => {
    const { x } = flag
    const pole = { x1: x, x2: x, y1: 4, y2: size.height - MARGIN.b, stroke: text, 'stroke-dasharray': '1 3' }
    const drawn = [svg('line', pole), svg('path', { d: `M${x} 3h8l-2.5 4 2.5 4h-8z`, fill: text })]
    const room = (flags[at + 1]?.x ?? size.width) - x - 14
    const letters = Math.min(MARK_TEXT_LENGTH, Math.floor(room / LETTER_PX))
    const [first, ...others] = flag.marks
    if (room < MARK_TEXT_PX && others.length === 0) return drawn
    const said = first && `${markTimeText(first, zone, span.toMs - 1)} ${markText(first)}`
    const words = others.length > 0 ? `${flag.marks.length} marks` : (said ?? '')
    const shown = words.length > letters ? `${words.slice(0, letters - 1)}…` : words
    return [
      ...drawn,
      svg('text', { x: x + 12, y: 12, fill: text, 'font-family': font, 'font-size': 12 }, shown),
    ]
  })
}

/** What lies over the bars, as in the window. */
function outlines(
  model: ChartModel,
  size: { readonly width: number; readonly height: number },
  { strong, accent }: Colours,
): SVGElement[] {
  return outlinePaths({ model, edges: edgesOf(model), size }).map(({ of, path }) =>
    svg('path', {
      d: path,
      fill: 'none',
      stroke: of === 'compared' ? accent : strong,
      'stroke-width': of === 'compared' ? 1.5 : 2,
      ...(of === 'ahead' && { 'stroke-dasharray': '4 3' }),
    }),
  )
}

function hatch({ grid }: Colours): SVGElement {
  const stripe = svg('rect', { width: 2, height: 8, fill: grid })
  const turned = { patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }
  return svg('defs', {}, svg('pattern', { id: 'not-fetched', width: 8, height: 8, ...turned }, stripe))
}

function entry(name: string, kind: 'fill' | 'outline' | 'line', colour: string): LegendEntry {
  return { name, mark: { kind, colour } }
}

/** What the marks mean, as below the chart in the window. */
function entriesOf(model: ChartModel, { comparedWith }: PictureText, colours: Colours): LegendEntry[] {
  const { view, bins, gaps, planned, usual } = model
  if (view === 'distribution') {
    return [
      entry('minutes with so many tickets', 'fill', colours.minutes),
      entry('expected by chance (Poisson)', 'line', colours.expected),
    ]
  }
  const isUnsettled = bins.some(({ state }) => state === 'unsettled' || state === 'unfinished')
  return [
    ...stackOf(model).map(({ name, colour }) => entry(name, 'fill', colourOf(colours, colour))),
    ...(usual === null ? [] : [entry('usual, 9 in 10', 'fill', colours.usual)]),
    ...(usual?.some((bar, slot) => bins[slot] && isUnusual(bins[slot], bar))
      ? [{ name: 'bars with a triangle are unusual', mark: null }]
      : []),
    ...(planned === null ? [] : [entry('planned by a run', 'outline', colours.strong)]),
    ...(comparedWith === null ? [] : [entry(comparedWith, 'line', colours.accent)]),
    ...(gaps.length > 0 ? [entry('not fetched', 'fill', 'url(#not-fetched)')] : []),
    ...(isUnsettled ? [{ name: 'hatched bars are not settled yet', mark: null }] : []),
  ]
}

/** A picture as PNG, twice as large. Throws `internal` where this browser cannot draw it. */
export async function pngOf(picture: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([picture], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = WIDTH * SCALE
    canvas.height = HEIGHT * SCALE
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const { promise, resolve } = Promise.withResolvers<Blob | null>()
    canvas.toBlob(resolve, 'image/png')
    const png = await promise
    if (png !== null) return png
    throw new Error('The canvas gave nothing')
  } catch (error) {
    throw nothingDone(
      'internal',
      'This browser could not draw the picture as PNG.',
      'Save it as SVG instead.',
      error,
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}

function readColours(): Colours {
  const style = getComputedStyle(document.body)
  const accent = style.getPropertyValue('--accent')
  const root = getComputedStyle(document.documentElement)
  const colour = (name: string): string => hex(root.getPropertyValue(name))
  return {
    ...readPalette(),
    ground: style.backgroundColor,
    strong: style.color,
    accent,
    usual: colour('--usual'),
    usualEdge: colour('--usual-edge'),
    unusual: colour('--priority-1'),
  }
}

/** What is read while the page has a theme; before the next frame it has its own again. */
function withTheme<T>(theme: PictureTheme, read: () => T): T {
  const { dataset } = document.documentElement
  const before = dataset['theme']
  dataset['theme'] = theme
  try {
    return read()
  } finally {
    if (before === undefined) delete dataset['theme']
    else dataset['theme'] = before
  }
}
