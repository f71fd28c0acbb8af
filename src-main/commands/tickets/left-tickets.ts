import { isoInstant } from '../../../src-shared/domain/minute.ts'
import type { Result } from '../../../src-shared/contract/methods.ts'
import type { LeaveReason } from '../../../src-shared/domain/ticket.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { fieldParams } from '../cli/field-flags.ts'
import { askedSpan } from '../cli/times.ts'
import { ticketDocument } from './list-tickets.ts'
import type { LEFT_TICKETS } from '../ticket-commands.ts'

type Left = Result<'tickets.left'>

export async function leftTickets(call: CommandCall<'store', typeof LEFT_TICKETS>): Promise<void> {
  const { options, open, print } = call
  const config = call.config()
  const asked = await askedSpan(options, config.zone)
  await open(config, async ({ client }) => {
    const { fromMs, toMs } = await asked(client)
    const span = { fromMs, toMs }
    const left = await client.call('tickets.left', {
      ...span,
      limit: options.limit,
      ...fieldParams({ only: options.only }),
    })
    print(leftDocument(span, left), leftText(span, left))
  })
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

function leftDocument({ fromMs, toMs }: Span, { tickets, more }: Left): unknown {
  return {
    from: isoInstant(fromMs),
    to: isoInstant(toMs),
    tickets: tickets.map((ticket) => ({
      ...ticketDocument(ticket),
      left: isoInstant(ticket.leftMs),
      reason: ticket.reason,
    })),
    more,
  }
}

const REASONS: Readonly<Record<LeaveReason, string>> = {
  lowered: 'no longer at a watched value',
  deleted: 'deleted, or closed to the account',
  moved: 'moved out of the project',
  hidden: 'its project is no longer visible',
}

function leftText({ fromMs, toMs }: Span, { tickets, more }: Left): string {
  const span = `created from ${isoInstant(fromMs)} to ${isoInstant(toMs)}`
  if (tickets.length === 0) return `Every ticket ${span} that was watched still is.`
  const keyWidth = Math.max(...tickets.map(({ key }) => key.length))
  const reasonWidth = Math.max(...tickets.map(({ reason }) => REASONS[reason].length))
  const lines = tickets.map(
    ({ leftMs, key, reason, title }) =>
      `  ${isoInstant(leftMs)}  ${key.padEnd(keyWidth)}  ${REASONS[reason].padEnd(reasonWidth)}  ${title}`,
  )
  return [
    `No longer watched, of those ${span}:`,
    ...lines,
    ...(more ? ['There are more: raise --limit, or narrow the span.'] : []),
  ].join('\n')
}
