import type { Config } from 'plotly.js'
import { useEffect, useRef, useState } from 'react'
import type { Figure } from './figures.ts'
import styles from './plotly-figure.module.css'
import type { Plotly } from './plotly.ts'

/** Hands and keys are met by what lies over the figure. */
const config: Partial<Config> = { staticPlot: true }

/** A figure drawn by Plotly; the figure's label says what it shows, so assistive technology skips it. */
export function PlotlyFigure({ plotly, figure }: { plotly: typeof Plotly; figure: Figure }): React.ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const painter = useRef<Painter>(null)

  useEffect(() => {
    const node = box.current
    if (node === null) return undefined
    const made = createPainter(
      {
        draw: ({ data, layout }) => plotly.react(node, data, layout, config),
        clear: () => plotly.purge(node),
      },
      () => new Promise(requestAnimationFrame),
      console.error,
    )
    painter.current = made
    return () => made.stop()
  }, [plotly])
  useEffect(() => painter.current?.paint(figure), [figure])

  return <div ref={box} className={styles['figure']} data-eased={figure.eased} aria-hidden="true" />
}

/** The two calls of Plotly that a painter makes, for one element. */
export interface Canvas {
  draw(figure: Figure): Promise<unknown>
  /** Frees what Plotly keeps for the element. */
  clear(): void
}

/**
 * Draws figures one after the other, `nextFrame` apart. The newest wins: what comes while one is drawn replaces what
 * was waiting, so a flood of changes costs one draw a frame and ends with the last of them.
 */
export function createPainter(
  canvas: Canvas,
  nextFrame: () => Promise<unknown>,
  onError: (error: unknown) => void,
) {
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
    paint(figure: Figure): void {
      waiting = figure
      if (!painting && !stopped) void paintWaiting()
    },
    stop(): void {
      stopped = true
      if (!painting) canvas.clear()
    },
  }
}

type Painter = ReturnType<typeof createPainter>

type PlotlyModule = typeof Plotly

/** Plotly, which is two thirds of the window's size, fetched when the first frame without it is on the screen. */
export function usePlotly(): PlotlyModule | null {
  const [plotly, setPlotly] = useState<PlotlyModule | null>(null)
  useEffect(() => {
    let wanted = true
    const frame = requestAnimationFrame(() => {
      void import('./plotly.ts').then((module) => {
        if (wanted) setPlotly(module.Plotly)
      })
    })
    return () => {
      wanted = false
      cancelAnimationFrame(frame)
    }
  }, [])
  return plotly
}
