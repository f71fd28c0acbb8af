import type { App } from '../app/app.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { Session } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { countsDocument } from './counts-document.ts'
import { followChart } from './follow-chart.ts'
import { isoInstant } from './instants.ts'
import { print, say, untilReaderGone, type CliIo } from './io.ts'
import { showLiveChart } from './live-chart.ts'
import { loadChart } from './load-chart.ts'
import { createMinuteLines } from './minute-lines.ts'
import { terminalKind } from './terminal-kind.ts'

interface WatchOptions {
  readonly span: () => Promise<Params<'counts.get'>>
  readonly json: boolean | undefined
}

/** Shows the counts as they change, until Ctrl-C: a chart on a terminal, lines elsewhere. */
export async function watchCounts(io: CliIo, app: App, { span, json }: WatchOptions): Promise<void> {
  const { client } = app
  const signal = untilReaderGone(io)
  await app.start()
  if (json === true) return watchAsJson(io, app, { span, signal })
  if (io.stdoutIsTTY && !terminalKind(io.env, process.platform).plain) {
    return showLiveChart(io, client, { span, output: 'stdout', hint: 'Ctrl-C ends it.', signal }).ended
  }
  await followChart(client, {
    span,
    onChart: createMinuteLines((line) => void io.stdout.write(`${line}\n`)),
    onFailure: (error) => say(io, error.message),
    signal,
  })
}

/**
 * A line with all the counts at the start, and whenever everything may have changed; else a line with the minutes that
 * changed, as absolute counts.
 */
async function watchAsJson(
  io: CliIo,
  { client }: App,
  { span, signal }: Pick<WatchOptions, 'span'> & { readonly signal: AbortSignal },
): Promise<void> {
  let knownSeq = -1
  let session = await client.call('session.get', {})
  let last = Promise.resolve()
  const whole = async (): Promise<void> => {
    const loaded = await loadChart(client, await span())
    knownSeq = loaded.counts.seq
    session = loaded.session
    print(io, true, { seq: knownSeq, ...countsDocument(loaded.counts, session) }, '')
  }
  const tell = async (change: CountsChanged): Promise<void> => {
    if (change.seq <= knownSeq) return
    if (change.reset || change.prevSeq !== knownSeq) return whole()
    knownSeq = change.seq
    print(io, true, changeDocument(change, session), '')
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const inTurn = (work: () => Promise<void>): void => {
    last = last.then(work)
    last.catch(reject)
  }
  const leave = [
    client.on('counts.changed', (change) => inTurn(() => tell(change))),
    client.on('session.changed', () => inTurn(whole)),
  ]
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    inTurn(whole)
    await Promise.race([ended, failed])
  } finally {
    for (const each of leave) each()
  }
}

function changeDocument({ siteId, seq, changes }: CountsChanged, { watched }: Session): unknown {
  const names = new Map(watched.map(({ id, name }) => [id, name]))
  return {
    site: siteId,
    seq,
    changes: changes.map(({ minute, priorityId, count }) => ({
      minute: isoInstant(startOfMinute(minute)),
      priority: { id: priorityId, name: names.get(priorityId) ?? priorityId },
      count,
    })),
  }
}
