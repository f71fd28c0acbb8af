import type { Palette } from '../chart/figures.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** An element of a picture. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SVGElement | string)[]
): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, String(value))
  }
  element.append(...children)
  return element
}

/** A copy of what Plotly drew that needs no style sheet: what stands in `style` becomes attributes, which no policy forbids. */
export function plain(drawn: SVGElement): SVGElement {
  const copy = drawn.cloneNode(true) as SVGElement
  for (const element of [copy, ...copy.querySelectorAll<SVGElement>('[style]')]) {
    for (const property of element.style) {
      element.setAttribute(property, element.style.getPropertyValue(property))
    }
    element.removeAttribute('style')
  }
  return copy
}

export interface LegendEntry {
  readonly name: string
  /** What stands before it; null: words alone. */
  readonly mark: LegendMark | null
}

/** A filled square, the outline of one that is open below, or a line. */
interface LegendMark {
  readonly kind: 'fill' | 'outline' | 'line'
  readonly colour: string
}

const SWATCH = 12
const GAP = 24

/** Entries side by side. */
export function legendOf(entries: readonly LegendEntry[], { font, text }: Palette): SVGElement[] {
  const pen = document.createElement('canvas').getContext('2d')
  if (pen !== null) pen.font = `12px ${font}`
  let x = 0
  return entries.flatMap(({ name, mark }) => {
    const at = x
    const words = mark === null ? at : at + SWATCH + 8
    x = words + (pen?.measureText(name).width ?? name.length * 7) + GAP
    const label = svg('text', { x: words, y: 11, fill: text, 'font-family': font, 'font-size': 12 }, name)
    return mark === null ? [label] : [markOf(mark, at, text), label]
  })
}

function markOf({ kind, colour }: LegendMark, x: number, text: string): SVGElement {
  if (kind === 'fill') {
    const edge = { rx: 3, stroke: text, 'stroke-opacity': 0.25 }
    return svg('rect', { x, y: 0, width: SWATCH, height: SWATCH, fill: colour, ...edge })
  }
  const d =
    kind === 'line' ? `M${x} ${SWATCH / 2}h${SWATCH}` : `M${x + 1} ${SWATCH}V1h${SWATCH - 2}V${SWATCH}`
  return svg('path', { d, fill: 'none', stroke: colour, 'stroke-width': 1.5 })
}
