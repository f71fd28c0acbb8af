import type { LeftTicket, Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Leaver, TicketPage } from '../store.ts'

/** A stored ticket as the rules of `Store.applyPage` make it, said a second time over plain values. */
interface Known {
  readonly ticket: Ticket
  readonly left: (Pick<Leaver, 'reason' | 'atMs'> & { readonly fromProject: string }) | null
  readonly struckMs: number | null
}

export type Model = Map<string, Known>

/** Applies a page; tells whether it was news, and which of its tickets are doubtful. */
export function applyToModel(model: Model, page: TicketPage): { news: boolean; doubtful: string[] } {
  const doubtful: string[] = []
  let news = false
  const put = (old: Known | undefined, next: Known): void => {
    news ||= JSON.stringify([old?.ticket, old?.left]) !== JSON.stringify([next.ticket, next.left])
    model.set(next.ticket.id, next)
  }
  for (const ticket of page.tickets) {
    const old = model.get(ticket.id)
    if (page.byId !== true && old !== undefined && isGone(old) && !returns(old, ticket, page))
      doubtful.push(ticket.id)
    put(old, seen(old, ordered(ticket), page))
  }
  for (const leaver of page.leavers) {
    const old = model.get(leaver.id)
    if (old !== undefined) put(old, left(old, leaver))
  }
  return { news, doubtful }
}

/** Strikes counted tickets; returns those struck at least `apartMs` before. */
export function strikeInModel(
  model: Model,
  ids: readonly string[],
  { atMs, apartMs }: { atMs: number; apartMs: number },
): string[] {
  const twice: string[] = []
  for (const id of new Set(ids)) {
    const old = model.get(id)
    if (old === undefined || old.left !== null) continue
    if (old.struckMs === null) model.set(id, { ...old, struckMs: atMs })
    else if (old.struckMs + apartMs <= atMs) twice.push(id)
  }
  return twice
}

export function clearInModel(model: Model, ids: readonly string[]): void {
  for (const id of ids) {
    const old = model.get(id)
    if (old !== undefined) model.set(id, { ...old, struckMs: null })
  }
}

/** What `Store.leftTickets` lists of any time. */
export function leftInModel(model: Model, projectKey: string | null): LeftTicket[] {
  return [...model.values()]
    .flatMap(({ ticket, left: leaving }) => {
      if (leaving === null || (projectKey !== null && leaving.fromProject !== projectKey)) return []
      return [{ ...ticket, leftMs: leaving.atMs, reason: leaving.reason }]
    })
    .toSorted((a, b) => b.leftMs - a.leftMs || (a.id < b.id ? 1 : -1))
}

function seen(old: Known | undefined, ticket: Ticket, page: TicketPage): Known {
  const counted = { ticket, left: null, struckMs: null }
  if (old === undefined) return counted
  const taken = returns(old, ticket, page) && ticket.updatedMs >= old.ticket.updatedMs
  return taken ? counted : { ...old, struckMs: null }
}

function returns({ left: leaving }: Known, ticket: Ticket, { byId, seenAtMs }: TicketPage): boolean {
  if (leaving === null || ticket.updatedMs >= leaving.atMs) return true
  return (
    leaving.reason !== 'lowered' && leaving.reason !== 'moved' && byId === true && seenAtMs >= leaving.atMs
  )
}

function left(old: Known, { reason, atMs, ticket }: Leaver): Known {
  const form = ticket === undefined ? old.ticket : ordered(ticket)
  const leaving = { reason, atMs, fromProject: old.left?.fromProject ?? old.ticket.projectKey }
  const { priorityId, projectKey, updatedMs } = old.ticket
  if (old.left === null && ticket?.priorityId === priorityId && ticket.projectKey === projectKey) {
    return { ticket: form.updatedMs < updatedMs ? old.ticket : form, left: null, struckMs: null }
  }
  if (old.left === null) {
    const late = (ticket?.updatedMs ?? atMs) < old.ticket.updatedMs
    return late ? old : { ticket: form, left: leaving, struckMs: null }
  }
  if (form.updatedMs <= old.ticket.updatedMs) return old
  return { ticket: form, left: isGone(old) ? leaving : old.left, struckMs: null }
}

function isGone(known: Known): boolean {
  return known.left?.reason === 'deleted' || known.left?.reason === 'hidden'
}

/** The same ticket with its fields in one order, so that two can be compared as text. */
function ordered(ticket: Ticket): Ticket {
  return Object.fromEntries(
    Object.entries(ticket).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ) as unknown as Ticket
}
