import type { Command } from 'commander'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { SyncResult } from '../../../src-shared/contract/tickets.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import { sleep } from '../../runtime/async.ts'
import { configOf, type CommonOptions } from '../cli/options.ts'
import { isoInstant } from '../cli/times.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { print, say, untilReaderGone, type CliIo, type CommandHost } from '../cli/io.ts'
import { createProgress } from '../cli/progress.ts'
import { withApp } from '../cli/with-app.ts'

interface FetchOptions extends CommonOptions {
  readonly watch?: boolean
}

export function addFetchTickets(program: Command, host: CommandHost): void {
  program
    .command('fetch-tickets')
    .description('fetches what is new in Jira into the store')
    .option('--watch', 'go on until Ctrl-C; with --json one line a fetch')
    .action((_options, command: Command) => fetchTickets(host, command.optsWithGlobals()))
}

async function fetchTickets({ io }: CommandHost, options: FetchOptions): Promise<void> {
  const config = configOf(io, options)
  const staysOpen = options.watch === true
  await withApp(
    io,
    config,
    async ({ client }) => {
      if (staysOpen) return watch(client, io, options, config.syncIntervalMs)
      say(io, 'Fetching …')
      printResult(io, options, await fetchOnce(client, io))
    },
    { staysOpen },
  )
}

/** Until Ctrl-C. A failure that may pass is reported, and the next fetch makes up for it. */
async function watch(client: Client, io: CliIo, options: FetchOptions, intervalMs: number): Promise<void> {
  const signal = untilReaderGone(io)
  while (!signal.aborted) {
    try {
      printResult(io, options, await fetchOnce(client, io, signal))
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof AppError) || !error.retryable) throw error
      say(io, `${errorText(error)} It is tried again in ${intervalMs / 1_000} s.`)
    }
    await sleep(intervalMs, signal)
  }
}

/** One fetch; a long first one reports its progress. */
export async function fetchOnce(client: Client, io: CliIo, signal = io.signal): Promise<SyncResult> {
  const bar = createProgress(io, 'First fetch')
  const unsubscribe = client.on('sync.changed', ({ progress }) => {
    // Tickets that come while it fetches are not in Jira's estimate.
    if (progress !== null) bar.update(progress.done, Math.max(progress.done, progress.total), 'estimated')
  })
  try {
    return await orCancelled(
      client.call('sync.now', {}),
      signal,
      'The fetch was interrupted.',
      'What came before is stored; the next fetch goes on there.',
    )
  } finally {
    unsubscribe()
    bar.end()
  }
}

function printResult(io: CliIo, options: FetchOptions, result: SyncResult): void {
  const { pages, fetched, inserted, updated, removed, cursorMs } = result
  const document = { pages, fetched, inserted, updated, removed, cursor: isoInstant(cursorMs) }
  print(io, options.json, document, fetchText(result))
}

export function fetchText({ pages, fetched, inserted, updated, removed, cursorMs }: SyncResult): string {
  // An empty answer moves nothing, so up to the first ticket nothing is known.
  const known =
    cursorMs === 0 ? 'Jira shows no watched ticket yet.' : `Jira is known up to ${isoInstant(cursorMs)}.`
  return `Fetched ${fetched} ${fetched === 1 ? 'ticket' : 'tickets'} in ${pages} ${pages === 1 ? 'page' : 'pages'}: ${inserted} new, ${updated} changed, ${removed} removed. ${known}`
}
