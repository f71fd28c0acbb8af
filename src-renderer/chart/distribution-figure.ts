import type { DistributionBar } from '../../src-shared/domain/poisson.ts'
import { acrossAxis, baseLayout, countAxis, type Figure } from './figure.ts'
import type { Size } from './geometry.ts'
import type { Palette } from './palette.ts'

const GAP = 0.35

/** How many minutes had k tickets, as bars, and what Poisson expects, as a line with markers. */
export function distributionFigure(bars: readonly DistributionBar[], size: Size, palette: Palette): Figure {
  const most = bars.reduce((max, bar) => Math.max(max, bar.observed, bar.expected), 0)
  const x = bars.map((bar) => bar.tickets)
  const place = `${bars.length}-${size.width}x${size.height}`
  return {
    eased: true,
    data: [
      {
        type: 'bar',
        uid: `observed-${place}`,
        x,
        y: bars.map((bar) => bar.observed),
        width: 1 - GAP,
        marker: { color: palette.minutes, line: { width: 0 } },
        hoverinfo: 'skip',
      },
      {
        type: 'scatter',
        uid: `expected-${place}`,
        mode: 'lines+markers',
        x,
        y: bars.map((bar) => bar.expected),
        line: { color: palette.expected, width: 1.5, dash: 'dot' },
        marker: { color: palette.expected, size: 6 },
        cliponaxis: false,
        hoverinfo: 'skip',
      },
    ],
    layout: {
      ...baseLayout(size, palette),
      xaxis: {
        ...acrossAxis(palette),
        range: [-0.5, bars.length - 0.5],
        tickmode: 'array',
        tickvals: x,
        ticktext: bars.map((bar) => ticketsLabel(bar, bars.length)),
      },
      yaxis: countAxis(most, palette),
    },
  }
}

/** The last bar takes the whole upper tail, so its number is the least that it stands for. */
export function ticketsLabel(bar: DistributionBar, bars: number): string {
  return bar.tickets === bars - 1 ? `${bar.tickets}+` : String(bar.tickets)
}
