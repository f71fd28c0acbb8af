import type { Data, Layout, LayoutAxis } from 'plotly.js'
import { MARGIN, type Size } from './geometry.ts'
import type { Palette } from './palette.ts'
import { countScale } from './scale.ts'

/** What Plotly is given to draw. */
export interface Figure {
  readonly data: Data[]
  readonly layout: Partial<Layout>
  /** Whether bars ease to new heights. Thousands of them would cost more frames than the easing lasts. */
  readonly eased: boolean
}

/** The layout that all views share: quiet axes, nothing to zoom, drag or hover, since the panel around does that. */
export function baseLayout(size: Size, palette: Palette): Partial<Layout> {
  return {
    width: size.width,
    height: size.height,
    margin: { ...MARGIN, pad: 0 },
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    font: { family: palette.font, size: 12, color: palette.text },
    showlegend: false,
    hovermode: false,
    dragmode: false,
    barmode: 'stack',
    bargap: 0,
  }
}

/** A horizontal axis without lines through the plot. */
export function acrossAxis(palette: Palette): Partial<LayoutAxis> {
  return {
    fixedrange: true,
    showgrid: false,
    zeroline: false,
    showline: true,
    linecolor: palette.baseline,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: palette.baseline,
    automargin: false,
  }
}

/** The axis of counts, with lines at whole numbers, for a highest bar of `most`. */
export function countAxis(most: number, palette: Palette): Partial<LayoutAxis> {
  const { top, step } = countScale(most)
  return {
    fixedrange: true,
    range: [0, top],
    tick0: 0,
    dtick: step,
    gridcolor: palette.grid,
    zeroline: false,
    ticks: '',
    ticklabelstandoff: 8,
    automargin: false,
  }
}
