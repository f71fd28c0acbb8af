/** Colours of a picture: those of the dashboard (`src-renderer/app/tokens.css`). */
export interface PngTheme {
  readonly ground: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly axis: string
  /** Most urgent first; further priorities take the last. */
  readonly priorities: readonly string[]
}

export const PNG_THEMES = {
  light: {
    ground: '#ffffff',
    text: '#16181d',
    muted: '#565a65',
    grid: '#eceef1',
    axis: '#b9bcc5',
    priorities: ['#a5301a', '#d27a00', '#5d7f9c', '#868a95'],
  },
  dark: {
    ground: '#121316',
    text: '#ecedf1',
    muted: '#a3a7b3',
    grid: '#24262c',
    axis: '#4a4d57',
    priorities: ['#d9532e', '#f4bf5a', '#7fa6c6', '#8b8f9a'],
  },
} as const satisfies Record<string, PngTheme>
