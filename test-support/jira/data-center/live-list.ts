import type { Row, Slice, SliceQuery } from '../../../src-main/jira/data-center/page-after.ts'

/** A ticket of a list that lives. Times are epoch ms. */
export interface LiveTicket {
  readonly id: string
  readonly createdMs: number
  updatedMs: number
  matches: boolean
}

/** What may happen between two pages; `n` chooses the ticket. */
export interface LiveChange {
  readonly what: 'edit' | 'leave' | 'come-back' | 'delete' | 'create' | 'nothing'
  readonly n: number
  /** How long it takes. */
  readonly ms: number
}

/** A server's search as Data Center has it: offsets over whatever matches at that moment. */
export type LiveList = ReturnType<typeof createLiveList>

interface LiveListOptions {
  readonly startMs: number
  readonly tickets: readonly LiveTicket[]
  readonly sortTime: 'created' | 'updated'
  /** The most rows of an answer. */
  readonly cap: number
  /** Lucene's index, which keeps times in whole seconds. */
  readonly sortsBySeconds?: boolean
  readonly tellsTotal?: boolean
}

export function createLiveList(options: LiveListOptions) {
  const { sortTime, cap, sortsBySeconds = false, tellsTotal = true } = options
  const tickets = options.tickets.map((ticket) => ({ ...ticket }))
  const reads: SliceQuery[] = []
  let nowMs = options.startMs
  const timeOf = (ticket: LiveTicket): number =>
    sortTime === 'created' ? ticket.createdMs : ticket.updatedMs
  const sortOf = (ticket: LiveTicket): number =>
    sortsBySeconds ? Math.floor(timeOf(ticket) / 1_000) : timeOf(ticket)
  return {
    tickets,
    /** How often it was read. */
    reads,
    change({ what, n, ms }: LiveChange) {
      nowMs += ms
      const ticket = tickets[n % Math.max(1, tickets.length)]
      if (what === 'create') {
        tickets.push({
          id: `new-${tickets.length}-${nowMs}`,
          createdMs: nowMs,
          updatedMs: nowMs,
          matches: true,
        })
      } else if (ticket !== undefined && what === 'delete') {
        tickets.splice(tickets.indexOf(ticket), 1)
      } else if (ticket !== undefined && what !== 'nothing') {
        ticket.updatedMs = nowMs
        if (what !== 'edit') ticket.matches = what === 'come-back'
      }
    },
    async read(query: SliceQuery): Promise<Slice<Row>> {
      reads.push(query)
      const sinceMs = Number(/>= (\d+)/.exec(query.jql)?.[1] ?? 0)
      const found = tickets
        .filter((ticket) => ticket.matches && timeOf(ticket) >= sinceMs)
        .toSorted((a, b) => sortOf(a) - sortOf(b) || (a.id < b.id ? -1 : 1))
      const end = query.startAt + Math.min(query.maxResults, cap)
      return {
        startAt: query.startAt,
        total: tellsTotal ? found.length : null,
        rows: found.slice(query.startAt, end).map((ticket) => ({ id: ticket.id, sortMs: timeOf(ticket) })),
      }
    },
  }
}
