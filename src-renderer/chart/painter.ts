import type { Figure } from './figure.ts'

/** The two calls of Plotly that a painter makes, for one element. */
export interface Canvas {
  draw(figure: Figure): Promise<unknown>
  /** Frees what Plotly keeps for the element. */
  clear(): void
}

export interface Painter {
  paint(figure: Figure): void
  stop(): void
}

/**
 * Draws figures one after the other, `nextFrame` apart. The newest wins: what comes while one is drawn replaces what
 * was waiting, so a flood of changes costs one draw a frame and ends with the last of them.
 */
export function createPainter(
  canvas: Canvas,
  nextFrame: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Painter {
  let waiting: Figure | undefined
  let painting = false
  let stopped = false

  function take(): Figure | undefined {
    const figure = stopped ? undefined : waiting
    waiting = undefined
    return figure
  }

  async function paintWaiting(): Promise<void> {
    painting = true
    for (let figure = take(); figure !== undefined; figure = take()) {
      await canvas.draw(figure).catch(onError)
      await nextFrame()
    }
    painting = false
    // Plotly's own steps must not meet an element that was cleared under them.
    if (stopped) canvas.clear()
  }

  return {
    paint(figure) {
      waiting = figure
      if (!painting && !stopped) void paintWaiting()
    },
    stop() {
      stopped = true
      if (!painting) canvas.clear()
    },
  }
}
