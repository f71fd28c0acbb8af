import { createRedrawn } from '../../print/redraw.ts'
import { drawAtEnd, type CliIo } from './io.ts'

/**
 * Lines at the end of a stream that are drawn over in place: when `draw` is called, when the terminal has another size, and
 * below whatever is said meanwhile. Null: there is nothing to draw yet.
 */
export function drawLines(io: CliIo, output: 'stdout' | 'stderr', lines: () => readonly string[] | null) {
  const redrawn = createRedrawn(io[output], () => io)
  const draw = (): void => {
    const now = lines()
    if (now !== null) redrawn.draw(now)
  }
  const subscriptions = [
    io.onResize(draw),
    drawAtEnd(io.stderr, (text) => {
      redrawn.clear()
      io.stderr.write(text)
      draw()
    }),
  ]
  return {
    draw,
    /** Leaves them standing. */
    end(): void {
      redrawn.end()
      for (const unsubscribe of subscriptions.splice(0)) unsubscribe()
    },
  }
}
