import { describe, expect, test } from 'vitest'
import type { Figure } from './figures.ts'
import { createPainter, type Canvas } from './plotly-figure.tsx'

const figures: Figure[] = Array.from({ length: 5 }, (_, i) => ({
  data: [],
  layout: { title: { text: `${i}` } },
  eased: true,
}))

function heldCanvas(): Canvas & { drawn: Figure[]; cleared: number; finish: () => Promise<void> } {
  let open = Promise.withResolvers<void>()
  const canvas = {
    drawn: [] as Figure[],
    cleared: 0,
    draw: (figure: Figure) => {
      canvas.drawn.push(figure)
      return open.promise
    },
    clear: () => void (canvas.cleared += 1),
    async finish() {
      open.resolve()
      open = Promise.withResolvers()
      for (let i = 0; i < 10; i++) await Promise.resolve()
    },
  }
  return canvas
}

const soon = (): Promise<void> => Promise.resolve()
const [first, second, third, fourth] = figures as [Figure, Figure, Figure, Figure]

describe('painter', () => {
  test('draws the first figure at once, and of those that come meanwhile only the newest', async () => {
    const canvas = heldCanvas()
    const painter = createPainter(canvas, soon, () => expect.unreachable())
    for (const figure of [first, second, third, fourth]) painter.paint(figure)
    expect(canvas.drawn).toEqual([first])
    await canvas.finish()
    expect(canvas.drawn).toEqual([first, fourth])
  })

  test('goes on after a draw that failed, and tells of it', async () => {
    const errors: unknown[] = []
    const canvas = heldCanvas()
    const painter = createPainter(
      {
        ...canvas,
        draw: (figure) => (figure === first ? Promise.reject(new Error('no')) : canvas.draw(figure)),
      },
      soon,
      (error) => errors.push(error),
    )
    painter.paint(first)
    painter.paint(second)
    await canvas.finish()
    expect(errors).toHaveLength(1)
    expect(canvas.drawn).toEqual([second])
  })

  test('clears once, not under a draw, and draws nothing afterwards', async () => {
    const canvas = heldCanvas()
    const painter = createPainter(canvas, soon, () => expect.unreachable())
    painter.paint(first)
    painter.paint(second)
    painter.stop()
    expect(canvas.cleared).toBe(0)
    await canvas.finish()
    painter.paint(third)
    expect(canvas).toMatchObject({ drawn: [first], cleared: 1 })
  })
})
