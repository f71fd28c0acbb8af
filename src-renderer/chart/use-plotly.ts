import { useEffect, useState } from 'react'
import type { Plotly } from './plotly.ts'

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
