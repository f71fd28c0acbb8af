import type { ScatterData } from 'plotly.js'

/** A bar as it stands on the axis, in the units of the axes. */
export interface StandingBar {
  readonly from: number
  readonly to: number
  /** Where what is stacked below it ends. */
  readonly base: number
  readonly top: number
}

/**
 * One line round all bars, the axis between them: the area that it encloses are the bars, and one element of the page
 * draws them all. Six points go round each: the same number of bars is the same number of points, so that a style sheet can ease one into the other.
 */
function outlineOf(bars: readonly StandingBar[]): { readonly x: number[]; readonly y: number[] } {
  const x: number[] = []
  const y: number[] = []
  for (const { from, to, base, top } of bars) {
    x.push(from, from, to, to, from, from)
    y.push(0, top, top, base, base, 0)
  }
  return { x, y }
}

/** Bars of a colour, as Plotly draws them. */
export function barTrace(uid: string, bars: readonly StandingBar[], color: string): Partial<ScatterData> {
  return {
    type: 'scatter',
    mode: 'none',
    uid,
    ...outlineOf(bars),
    fill: 'toself',
    fillcolor: color,
    hoverinfo: 'skip',
  }
}

/** What fills bars whose count may still change, or with another shape others. */
export function hatchOf(
  color: string,
  shape: '/' | '\\' | 'x' | '-' | '|' | '+' | '.' = '/',
): NonNullable<ScatterData['fillpattern']> {
  return { shape, fillmode: 'replace', fgcolor: color, bgcolor: 'transparent', size: 5, solidity: 0.5 }
}

/** Puts places on whole pixels, where `pixels` of them take `units`: all edges are sharp, and nothing is thinner than one. */
export function createGrid(units: number, pixels: number) {
  const unit = units / Math.max(1, pixels)
  return (from: number, to: number): readonly [number, number] => {
    const first = Math.round(from / unit)
    return [first * unit, Math.max(to > from ? first + 1 : first, Math.round(to / unit)) * unit]
  }
}
