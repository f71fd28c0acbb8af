import type { Result } from '../../../src-shared/contract/methods.ts'
import type { TicketCursor } from '../../../src-shared/contract/tickets.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { tickets as ticketsText } from '../../../src-shared/domain/text/sentences.ts'
import type { ReadClient } from '../../app/stored.ts'
import { cutText, padText, textWidth } from '../../print/text-width.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { fieldParams } from '../cli/field-flags.ts'
import { pick } from '../cli/options.ts'
import { askedSpan } from '../cli/times.ts'
import type { TICKETS } from '../ticket-commands.ts'

type Ticket = Result<'tickets.list'>['tickets'][number]

interface Listed {
  readonly fromMs: number
  readonly toMs: number
  readonly tickets: readonly Ticket[]
  readonly more: boolean
}

const PAGE = 500

/** Those that count of the tickets that were created in a span, the newest first. */
export async function listTickets(call: CommandCall<'store', typeof TICKETS>): Promise<void> {
  const { io, options, open, print } = call
  const config = call.config()
  const span = await askedSpan(options, config.zone)
  await open(config, async ({ client }) => {
    const { fromMs, toMs, zone } = await span(client)
    const listed = { fromMs, toMs, ...(await readTickets(client, { fromMs, toMs }, options)) }
    const columns = io.stdoutIsTTY ? io.columns : null
    print(listDocument(listed), listText(listed, { zone, columns }))
  })
}

async function readTickets(
  client: ReadClient,
  span: { readonly fromMs: number; readonly toMs: number },
  { limit, search, only }: Pick<CommandCall<'store', typeof TICKETS>['options'], 'limit' | 'search' | 'only'>,
): Promise<Pick<Listed, 'tickets' | 'more'>> {
  const tickets: Ticket[] = []
  let cursor: TicketCursor | null = null
  do {
    const size = Math.min(PAGE, limit - tickets.length)
    const wanted = { ...(search && { search }), ...fieldParams({ only }) }
    const asked = { ...span, limit: size, ...wanted, ...(cursor !== null && { cursor }) }
    const page: Result<'tickets.list'> = await client.call('tickets.list', asked)
    tickets.push(...page.tickets)
    cursor = page.cursor
  } while (cursor !== null && tickets.length < limit)
  return { tickets, more: cursor !== null }
}

function listDocument({ fromMs, toMs, tickets, more }: Listed): unknown {
  return {
    from: isoInstant(fromMs),
    to: isoInstant(toMs),
    tickets: tickets.map((ticket) => ({
      ...ticketDocument(ticket),
      status: ticket.status,
      updated: isoInstant(ticket.updatedMs),
      // What is not known is left out.
      type: ticket.issueType,
      ...pick(ticket, 'components', 'labels', 'rehearsed'),
    })),
    more,
  }
}

/** What every list of tickets has of one. */
export function ticketDocument(ticket: Omit<Ticket, 'status' | 'updatedMs'>): object {
  return {
    id: ticket.id,
    key: ticket.key,
    project: ticket.projectKey,
    title: ticket.title,
    priority: { id: ticket.priorityId, name: ticket.priorityName },
    created: isoInstant(ticket.createdMs),
  }
}

function listText(
  { fromMs, toMs, tickets, more }: Listed,
  { zone, columns }: { readonly zone: string; readonly columns: number | null },
): string {
  const span = `created from ${isoInstant(fromMs)} to ${isoInstant(toMs)}`
  if (tickets.length === 0) return `No watched tickets were ${span}, as far as they are stored.`
  const widest = (of: (ticket: Ticket) => string): number =>
    Math.max(...tickets.map((one) => textWidth(of(one))))
  const [keys, priorities] = [widest(({ key }) => key), widest(({ priorityName }) => priorityName)]
  const lines = tickets.map(({ createdMs, key, priorityName, title }) =>
    [wallTime(createdMs, zone), padText(key, keys), padText(priorityName, priorities), title].join('  '),
  )
  return [
    `${ticketsText(tickets.length)} ${span}, the newest first, by the clock of ${zone}:`,
    ...lines.map((line) => cutText(`  ${line}`, columns ?? Infinity)),
    ...(more ? ['There are more: raise --limit, or narrow the span.'] : []),
  ].join('\n')
}
