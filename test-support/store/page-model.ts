import type { LeftTicket, Ticket } from '../../src-shared/domain/ticket.ts'
import type { GivenTicket } from '../../src-main/store/fields/stored-fields.ts'
import type { Removal, TicketPage, TicketSource } from '../../src-main/store/store.ts'

/** A stored ticket as the rules of `Store.applyPage` make it, said a second time over plain values. */
/** As a row keeps it, but for the reporter, who has a name here. */
type KeptTicket = Ticket & { readonly reporterId?: string | null }

interface Known {
  readonly ticket: KeptTicket
  readonly source: TicketSource
  readonly left: (Pick<Removal, 'reason' | 'atMs'> & { readonly fromProject: string }) | null
  readonly struckMs: number | null
}

export type Model = Map<string, Known>

/** Applies a page; tells whether it was news, and which of its tickets are doubtful. */
export function applyToModel(model: Model, page: TicketPage): { news: boolean; doubtful: string[] } {
  const doubtful: string[] = []
  const before = new Map(model)
  for (const ticket of page.tickets) {
    const old = model.get(ticket.id)
    if (old !== undefined && isDoubtful(old, ticket, page)) doubtful.push(ticket.id)
    model.set(ticket.id, seen(old, completed(ticket, old), page))
  }
  for (const removal of page.removals) {
    const old = model.get(removal.id)
    const { ticket } = removal
    const whole = ticket === undefined ? removal : { ...removal, ticket: completed(ticket, old) }
    const known = old === undefined ? leftBefore(whole, page) : left(old, whole, page)
    if (known !== null) model.set(removal.id, known)
  }
  const news = [...model].some(([id, known]) => saidOf(known) !== saidOf(before.get(id)))
  return { news, doubtful }
}

/** What changes of it are news. */
function saidOf(known: Known | undefined): string {
  return JSON.stringify([known?.ticket, known?.left])
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

/** What `Store.removedTickets` lists of any time. */
export function leftInModel(model: Model, projectKey: string | null): LeftTicket[] {
  return [...model.values()]
    .flatMap(({ ticket, left: leaving }) => {
      if (leaving === null || (projectKey !== null && leaving.fromProject !== projectKey)) return []
      const { reporterId: _, ...listed } = ticket
      return [{ ...listed, leftMs: leaving.atMs, reason: leaving.reason }]
    })
    .toSorted((a, b) => b.leftMs - a.leftMs || (a.id < b.id ? 1 : -1))
}

/** Whether a page speaks for Jira to what was imported (1), the other way about (-1), or of its own kind (0). */
function rank(old: Known, { source = 'jira' }: TicketPage): number {
  return Number(source === 'jira') - Number(old.source === 'jira')
}

function seen(old: Known | undefined, ticket: Ticket, page: TicketPage): Known {
  const counted = { ticket, source: page.source ?? 'jira', left: null, struckMs: null }
  if (old === undefined || rank(old, page) > 0) return counted
  if (rank(old, page) < 0) return old
  const taken = returns(old, ticket, page) && ticket.updatedMs >= old.ticket.updatedMs
  return taken && saidOf(old) !== saidOf(counted) ? counted : { ...old, struckMs: null }
}

function returns({ left: leaving }: Known, ticket: Ticket, { byId, seenAtMs }: TicketPage): boolean {
  if (leaving === null || ticket.updatedMs >= leaving.atMs) return true
  return (
    leaving.reason !== 'lowered' && leaving.reason !== 'moved' && byId === true && seenAtMs >= leaving.atMs
  )
}

function isDoubtful(old: Known, ticket: Ticket, page: TicketPage): boolean {
  if (page.byId === true || (page.source ?? 'jira') !== 'jira' || old.source !== 'jira') return false
  return isGone(old) && !returns(old, ticket, page)
}

/** What Jira tells of a ticket that it never showed is nothing to us; an import knows it no other way. */
function leftBefore({ reason, atMs, ticket, projectKey }: Removal, { source }: TicketPage): Known | null {
  if (ticket === undefined || source === undefined || source === 'jira') return null
  const leaving = { reason, atMs, fromProject: projectKey ?? ticket.projectKey }
  return { ticket: ordered(ticket), source, left: leaving, struckMs: null }
}

function left(old: Known, { reason, atMs, ticket, projectKey }: Removal, page: TicketPage): Known {
  const above = rank(old, page) > 0
  if (rank(old, page) < 0 || (above && ticket === undefined)) return old
  const isJiras = (page.source ?? 'jira') === 'jira'
  if (isJiras && old.left === null && ticket !== undefined && isAlike(old.ticket, ticket))
    return seen(old, ordered(ticket), page)

  const form = ticket === undefined ? old.ticket : ordered(ticket)
  const source = ticket === undefined ? old.source : (page.source ?? 'jira')
  const leaving = { reason, atMs, fromProject: old.left?.fromProject ?? projectKey ?? old.ticket.projectKey }
  const away = { ticket: form, source, left: leaving, struckMs: null }
  if (above) return away
  if (old.left === null) return (ticket?.updatedMs ?? atMs) < old.ticket.updatedMs ? old : away
  if (form.updatedMs <= old.ticket.updatedMs) return old
  return { ...away, left: isGone(old) ? leaving : old.left }
}

function isAlike(a: Ticket, b: Ticket): boolean {
  return a.priorityId === b.priorityId && a.projectKey === b.projectKey
}

function isGone(known: Known): boolean {
  return known.left?.reason === 'deleted' || known.left?.reason === 'hidden'
}

/** What is not known of it now is as it was; what a run made stays that; lists are sets in order. */
function completed(given: GivenTicket, old: Known | undefined): KeptTicket {
  const { rehearsed, ...ticket }: KeptTicket = { ...fieldsOf(old?.ticket), ...given }
  const lists = { components: setOf(ticket.components), labels: setOf(ticket.labels) }
  const made = old?.ticket.rehearsed === true || rehearsed
  return ordered(JSON.parse(JSON.stringify({ ...ticket, ...lists, rehearsed: made })) as KeptTicket)
}

function setOf(list: readonly string[] | undefined): string[] | undefined {
  return list && [...new Set(list)].toSorted()
}

function fieldsOf(ticket: KeptTicket | undefined): Partial<KeptTicket> {
  const { issueType, components, labels, rehearsed, reporterId } = ticket ?? {}
  const fields = { issueType, components, labels, rehearsed, reporterId }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The same ticket with its fields in one order, so that two can be compared as text. */
function ordered(ticket: KeptTicket): KeptTicket {
  return Object.fromEntries(
    Object.entries(ticket).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ) as unknown as KeptTicket
}
