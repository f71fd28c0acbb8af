import { useState } from 'react'
import type { ListedTicket } from '../live/dashboard-state.ts'

/** What was listed when somebody began to read. */
export interface Places {
  readonly ids: ReadonlySet<string>
  readonly last: Pick<ListedTicket, 'createdMs' | 'id'> | null
}

export function placesOf(tickets: readonly ListedTicket[]): Places {
  return { ids: new Set(tickets.map(({ id }) => id)), last: tickets.at(-1) ?? null }
}

/**
 * The tickets that a reader sees: those that were there, as they are now, and further pages below them. What came
 * between or above waits: `held` says how many.
 */
export function heldBack(
  tickets: readonly ListedTicket[],
  reading: Places | null,
): { readonly tickets: readonly ListedTicket[]; readonly held: number } {
  if (reading === null || reading.last === null) return { tickets, held: 0 }
  const { ids, last } = reading
  const isBelow = ({ createdMs, id }: ListedTicket): boolean =>
    createdMs < last.createdMs || (createdMs === last.createdMs && id < last.id)
  const seen = tickets.filter((ticket) => ids.has(ticket.id) || isBelow(ticket))
  return { tickets: seen, held: tickets.length - seen.length }
}

/**
 * Who reads the list, and what waits meanwhile: they read as long as they have scrolled, point at it or have the focus in
 * it.
 */
export function useReading(all: readonly ListedTicket[], scroller: React.RefObject<HTMLDivElement | null>) {
  const [reading, setReading] = useState<Places | null>(null)
  const read = (): void => setReading((since) => since ?? placesOf(all))
  const rest = (): void => {
    const node = scroller.current
    const isRead = node !== null && (node.scrollTop > 0 || node.matches(':hover, :focus-within'))
    if (!isRead) setReading(null)
  }
  return {
    ...heldBack(all, reading),
    showNew: (): void => {
      setReading(placesOf(all))
      scroller.current?.scrollTo({ top: 0 })
    },
    handlers: {
      onScroll: ({ currentTarget }: React.UIEvent) => (currentTarget.scrollTop > 0 ? read() : rest()),
      onPointerEnter: ({ pointerType }: React.PointerEvent) => pointerType === 'mouse' && read(),
      onPointerLeave: rest,
      onFocus: read,
      onBlur: () => requestAnimationFrame(rest),
    },
  }
}
