import type { Config } from 'plotly.js'
import { useEffect, useRef } from 'react'
import type { Figure } from './figure.ts'
import { createPainter, type Painter } from './painter.ts'
import type { Plotly } from './plotly.ts'
import styles from './plotly-figure.module.css'

const config: Partial<Config> = { displayModeBar: false, doubleClick: false, scrollZoom: false }

/** A figure drawn by Plotly; what it shows is told elsewhere in words, so assistive technology skips it. */
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
