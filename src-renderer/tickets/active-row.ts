import { useLayoutEffect, useRef, useState } from 'react'
import { LISTED_TICKET_ID } from '../app/workbench.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { rowAfterKey, type MeasuredRows } from './row-window.ts'

/** The row that Tab leads to, and the keys that move it: J and K, the arrows, Home and End, Page Up and Down; O opens it. */
export function useActiveRow(
  tickets: readonly ListedTicket[],
  { inSight, page, rowPx }: MeasuredRows,
  scroller: React.RefObject<HTMLDivElement | null>,
) {
  const [id, setId] = useState<string | null>(null)
  const byKey = useRef(false)
  const found = id === null ? -1 : tickets.findIndex((ticket) => ticket.id === id)
  const active = found === -1 ? Math.min(inSight, tickets.length - 1) : found
  const rowId = tickets[active]?.id ?? null
  useLayoutEffect(() => {
    if (!byKey.current) return
    byKey.current = false
    const node = scroller.current
    const topPx = active * rowPx
    const bottomPx = topPx + rowPx - (node?.clientHeight ?? 0)
    if (node !== null && topPx < node.scrollTop) node.scrollTo({ top: topPx })
    else if (node !== null && bottomPx > node.scrollTop) node.scrollTo({ top: bottomPx })
    document.getElementById(LISTED_TICKET_ID)?.focus({ preventScroll: true })
  }, [active, rowPx, scroller])

  function onKeyDown(event: React.KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, target } = event
    const row = target instanceof HTMLElement ? target.closest('article') : null
    if (row === null || ctrlKey || metaKey || altKey) return
    if (key.toLowerCase() === 'o' || (key === 'Enter' && target === row)) {
      event.preventDefault()
      row.querySelector('a')?.click()
      return
    }
    const from = Number(row.getAttribute('aria-posinset')) - 1
    const to = rowAfterKey(key, { from, count: tickets.length, page })
    if (to === null) return
    event.preventDefault()
    byKey.current = to !== active
    setId(tickets[to]?.id ?? null)
  }
  return { active, rowId, onKeyDown }
}
