import type { Command } from 'commander'
import type { Result } from '../../../src-shared/contract/methods.ts'
import type { LeaveReason } from '../../../src-shared/domain/ticket.ts'
import { machineClock } from '../../runtime/clock.ts'
import { configOf, wholeNumber, type CommonOptions } from '../cli/options.ts'
import { askedSpan, completeSpan, isoInstant, type SpanOptions } from '../cli/times.ts'
import { print, type CommandHost } from '../cli/io.ts'
import { withApp } from '../cli/with-app.ts'

const MAX_LIMIT = 500
const DEFAULT_LIMIT = 100

interface LeftOptions extends CommonOptions, SpanOptions {
  readonly limit: number
}

type Left = Result<'tickets.left'>

export function addLeftTickets(program: Command, host: CommandHost): void {
  program
    .command('left-tickets')
    .description('tickets that were watched and no longer are, each with the reason; the last to leave first')
    .option('--from <instant>', 'created from this instant on (default: an hour before the end)')
    .option('--to <instant>', 'created before this instant (default: now)')
    .option(
      '--limit <n>',
      'at most so many',
      wholeNumber('--limit', { min: 1, max: MAX_LIMIT }),
      DEFAULT_LIMIT,
    )
    .action((_options, command: Command) => leftTickets(host, command.optsWithGlobals()))
}

async function leftTickets({ io }: CommandHost, options: LeftOptions): Promise<void> {
  const config = configOf(io, options)
  const asked = askedSpan(options, config.zone)
  await withApp(io, config, async ({ client }) => {
    const span = await completeSpan(client, asked, machineClock.now())
    const left = await client.call('tickets.left', { ...span, limit: options.limit })
    print(io, options.json, leftDocument(span, left), leftText(span, left))
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
      id: ticket.id,
      key: ticket.key,
      project: ticket.projectKey,
      title: ticket.title,
      priority: { id: ticket.priorityId, name: ticket.priorityName },
      created: isoInstant(ticket.createdMs),
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
