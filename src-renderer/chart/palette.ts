/** The colours and the font that Plotly needs as plain values, taken from the tokens of the theme in force. */
export interface Palette {
  readonly font: string
  readonly text: string
  readonly grid: string
  readonly baseline: string
  readonly minutes: string
  readonly expected: string
  /** By rank of urgency, most urgent first. */
  readonly priorities: readonly string[]
}

const RANKS = 5

/** Reads the palette. The colours are registered properties (`tokens.css`), so what is computed is a colour. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => hex(style.getPropertyValue(name))
  return {
    font: style.fontFamily,
    text: colour('--chart-text'),
    grid: colour('--chart-grid'),
    baseline: colour('--chart-baseline'),
    minutes: colour('--chart-minutes'),
    expected: colour('--chart-expected'),
    priorities: Array.from({ length: RANKS }, (_, rank) => colour(`--priority-${rank + 1}`)),
  }
}

/** The colour of a rank; ranks beyond the last share its colour. */
export function priorityColour(palette: Palette, rank: number): string {
  return palette.priorities[Math.min(rank, RANKS - 1)] ?? palette.text
}

/** `rgb(165, 48, 26)` as `#a5301a`: Plotly parses the colour of every bar at every draw, and this form fastest. */
export function hex(rgb: string): string {
  const channels = rgb.match(/\d+/g) ?? []
  return `#${channels
    .slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, '0'))
    .join('')}`
}
