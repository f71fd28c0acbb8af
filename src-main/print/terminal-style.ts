/** How bars are drawn on one kind of terminal. */
export interface TerminalStyle {
  /** A full cell of the bar's n-th priority; settled or not. */
  readonly cell: (priority: number, provisional: boolean) => string
  /** A cell of which the lower `eighths` (1–7) are filled. */
  readonly partCell: (priority: number, provisional: boolean, eighths: number) => string
  readonly axis: {
    readonly side: string
    readonly corner: string
    readonly ground: string
    readonly tick: string
  }
  readonly separator: string
  readonly dim: (text: string) => string
}

const ESCAPE = '\u001B['
const RESET = `${ESCAPE}0m`

/** Of the 256-colour palette: dark vermilion, light amber, then greys for any more. They differ in lightness too. */
const COLOURS = [160, 221, 250, 240]
const SHADES = ['█', '▒', '▞', '╱']
const LETTERS = ['#', '=', '-', '~']
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const LINES = { side: '┤', corner: '└', ground: '─', tick: '┬' }

/** Plain ASCII where asked; colours only where asked. Without colours the priorities differ by their shade. */
export function terminalStyle({ colour, ascii }: { colour: boolean; ascii: boolean }): TerminalStyle {
  if (ascii) return asciiStyle(colour)
  const paint = painter(colour)
  const shade = (priority: number): string => (colour ? '█' : nth(SHADES, priority))
  return {
    cell: (priority, provisional) => paint(priority, provisional ? '░' : shade(priority)),
    partCell: (priority, provisional, eighths) => {
      // Shades have no eighths: without colours a part of a cell counts when it is half.
      if (colour && !provisional) return paint(priority, nth(EIGHTHS, eighths))
      return eighths < 4 ? nth(EIGHTHS, eighths) : paint(priority, provisional ? '░' : shade(priority))
    },
    axis: LINES,
    separator: ' · ',
    dim: (text) => (colour ? `${ESCAPE}2m${text}${RESET}` : text),
  }
}

function asciiStyle(colour: boolean): TerminalStyle {
  const paint = painter(colour)
  const cell = (priority: number, provisional: boolean): string =>
    paint(priority, provisional ? ':' : nth(LETTERS, priority))
  return {
    cell,
    partCell: (priority, provisional, eighths) => (eighths < 4 ? '_' : cell(priority, provisional)),
    axis: { side: '|', corner: '+', ground: '-', tick: '+' },
    separator: ', ',
    dim: (text) => text,
  }
}

function painter(colour: boolean): (priority: number, text: string) => string {
  return (priority, text) => (colour ? `${ESCAPE}38;5;${nth(COLOURS, priority)}m${text}${RESET}` : text)
}

/** The n-th of them, the last one for all further. */
function nth<T>(of: readonly T[], index: number): T {
  return of[Math.min(index, of.length - 1)] as T
}
