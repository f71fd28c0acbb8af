import { useLayoutEffect, useState } from 'react'

/** The rows that are drawn, of which `last` is not one any more. */
export interface RowWindow {
  readonly first: number
  readonly last: number
  /** One of the first that are in sight. */
  readonly inSight: number
  /** How many are in sight. */
  readonly page: number
}

export interface MeasuredRows extends RowWindow {
  readonly rowPx: number
}

/** Until the first row is measured. */
const UNMEASURED: MeasuredRows = { first: 0, last: 30, inSight: 0, page: 1, rowPx: 84 }

/** Which rows are in sight, kept up to date. Rows are of one height, which is measured by the first that is drawn. */
export function useRowWindow(scroller: React.RefObject<HTMLDivElement | null>): MeasuredRows {
  const [shown, setShown] = useState(UNMEASURED)
  useLayoutEffect(() => {
    const node = scroller.current
    if (node === null) return undefined
    const measure = (): void =>
      setShown((held) => {
        const rowPx = node.querySelector('article')?.offsetHeight || held.rowPx
        const next = { ...windowOf({ topPx: node.scrollTop, heightPx: node.clientHeight, rowPx }), rowPx }
        const isSame = (Object.keys(next) as (keyof MeasuredRows)[]).every(
          (name) => next[name] === held[name],
        )
        return isSame ? held : next
      })
    // Called at once, and whenever the panel or what is in it gets another size.
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    if (node.firstElementChild) observer.observe(node.firstElementChild)
    node.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      node.removeEventListener('scroll', measure)
    }
  }, [scroller])
  return shown
}

/** Rows drawn beyond each edge, so that scrolling finds them there. */
const BEYOND = 10

/** The rows of one height that are in sight, and some beyond. In steps, so that not every pixel draws anew. */
export function windowOf({
  topPx,
  heightPx,
  rowPx,
}: {
  readonly topPx: number
  readonly heightPx: number
  readonly rowPx: number
}): RowWindow {
  const step = BEYOND / 2
  const inSight = Math.floor(Math.floor(topPx / rowPx) / step) * step
  const last = Math.ceil(Math.ceil((topPx + heightPx) / rowPx) / step) * step + BEYOND
  return {
    first: Math.max(0, inSight - BEYOND),
    last,
    inSight,
    page: Math.max(1, Math.floor(heightPx / rowPx)),
  }
}

/** The row that a key leads to; null for a key that leads to none. `page`: rows in sight. */
export function rowAfterKey(
  key: string,
  { from, count, page }: { readonly from: number; readonly count: number; readonly page: number },
): number | null {
  const to: Readonly<Record<string, number>> = {
    j: from + 1,
    arrowdown: from + 1,
    k: from - 1,
    arrowup: from - 1,
    pagedown: from + page,
    pageup: from - page,
    home: 0,
    end: count - 1,
  }
  const wanted = to[key.toLowerCase()]
  return wanted === undefined ? null : Math.max(0, Math.min(count - 1, wanted))
}
