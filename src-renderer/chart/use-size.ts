import { useLayoutEffect, useState, type RefObject } from 'react'
import type { BoxSize } from './geometry.ts'

/** The size of an element in whole CSS pixels, kept up to date; null until it is laid out. */
export function useSize(element: RefObject<HTMLElement | null>): BoxSize | null {
  const [size, setSize] = useState<BoxSize | null>(null)
  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const measure = (): void => {
      const next = { width: node.clientWidth, height: node.clientHeight }
      setSize((last) => (last?.width === next.width && last.height === next.height ? last : next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    measure()
    return () => observer.disconnect()
  }, [element])
  return size
}
