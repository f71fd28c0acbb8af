import { isoInstant } from '../../../src-shared/domain/minute.ts'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { SyncResult } from '../../../src-shared/contract/tickets.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import { sleep } from '../../runtime/async.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { say, untilReaderGone, type CliIo } from '../cli/io.ts'
import { createProgress } from '../cli/progress.ts'
import type { FETCH_TICKETS } from '../ticket-commands.ts'

export async function fetchTickets(call: CommandCall<'core', typeof FETCH_TICKETS>): Promise<void> {
  const { io, options, open } = call
  const config = call.config()
  const staysOpen = options.watch === true
  await open(
    config,
    async ({ client }) => {
      if (staysOpen) return watch(call, client, config.syncIntervalMs)
      say(io, 'Fetching …')
      printResult(call, await fetchOnce(client, io))
    },
    { staysOpen },
  )
}

/** Until Ctrl-C. A failure that may pass is reported, and the next fetch makes up for it. */
async function watch(call: CommandCall, client: Client, intervalMs: number): Promise<void> {
  const { io } = call
  const signal = untilReaderGone(io)
  while (!signal.aborted) {
    try {
      printResult(call, await fetchOnce(client, io, signal))
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

function printResult({ print }: CommandCall, result: SyncResult): void {
  const { pages, fetched, inserted, updated, removed, cursorMs } = result
  const document = { pages, fetched, inserted, updated, removed, cursor: isoInstant(cursorMs) }
  print(document, fetchText(result))
}

function fetchText({ pages, fetched, inserted, updated, removed, cursorMs }: SyncResult): string {
  // An empty answer moves nothing, so up to the first ticket nothing is known.
  const known =
    cursorMs === 0 ? 'Jira shows no watched ticket yet.' : `Jira is known up to ${isoInstant(cursorMs)}.`
  return `Fetched ${fetched} ${fetched === 1 ? 'ticket' : 'tickets'} in ${pages} ${pages === 1 ? 'page' : 'pages'}: ${inserted} new, ${updated} changed, ${removed} removed. ${known}`
}
