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
  /** Null: words alone. */
  readonly fill: string | null
}

const SWATCH = 12
const GAP = 24

/** Entries side by side. */
export function legendOf(entries: readonly LegendEntry[], { font, text }: Palette): SVGElement[] {
  const pen = document.createElement('canvas').getContext('2d')
  if (pen !== null) pen.font = `12px ${font}`
  let x = 0
  return entries.flatMap(({ name, fill }) => {
    const at = x
    const words = fill === null ? at : at + SWATCH + 8
    x = words + (pen?.measureText(name).width ?? name.length * 7) + GAP
    const label = svg('text', { x: words, y: 11, fill: text, 'font-family': font, 'font-size': 12 }, name)
    if (fill === null) return [label]
    return [
      svg('rect', {
        x: at,
        y: 0,
        width: SWATCH,
        height: SWATCH,
        rx: 3,
        fill,
        stroke: text,
        'stroke-opacity': 0.25,
      }),
      label,
    ]
  })
}
