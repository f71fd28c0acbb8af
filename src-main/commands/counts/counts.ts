import type { Client } from '../../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../../src-shared/contract/events.ts'
import type { Params } from '../../../src-shared/contract/methods.ts'
import type { CountsResult, Session } from '../../../src-shared/contract/tickets.ts'
import { startOfMinute, type Minute } from '../../../src-shared/domain/minute.ts'
import type { ReadClient } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import { machineClock } from '../../runtime/clock.ts'
import { untilAborted } from '../../runtime/async.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { say, untilReaderGone } from '../cli/io.ts'
import { askedSpan, completeSpan, isoInstant } from '../cli/times.ts'
import type { COUNTS } from '../ticket-commands.ts'
import { followChart, showLiveChart } from './live-chart.ts'
import { chartText, loadChart, type LoadedChart } from './plot-data.ts'
import { terminalKind } from '../cli/terminal.ts'

export async function printCounts({
  io,
  options,
  config,
  open,
  print,
}: CommandCall<'store', typeof COUNTS>): Promise<void> {
  const settings = config()
  const span = await spanOf(options, settings)
  await open(settings, async ({ client }) => {
    const { chart, counts, session } = await loadChart(client, await span(client))
    print(countsDocument(counts, session), chartText(io, chart))
  })
}

type CountsCall = CommandCall<'core', typeof COUNTS>

/** Which span is meant, asked at each change: it may move with the time. Throws `usage` at once. */
async function spanOf(
  options: CountsCall['options'],
  { zone }: Config,
): Promise<(client: ReadClient) => Promise<Params<'counts.get'>>> {
  const asked = await askedSpan(options, zone)
  return async (client) => ({
    ...(await completeSpan(client, asked, machineClock.now())),
    bucketMinutes: options.bucket,
  })
}

function countsDocument(counts: CountsResult, session: Session): Record<string, unknown> {
  const names = new Map(session.watched.map(({ id, name }) => [id, name]))
  const buckets = Math.ceil((counts.toMinute - counts.fromMinute) / counts.bucketMinutes)
  return {
    site: counts.siteId,
    bucketMinutes: counts.bucketMinutes,
    from: isoInstant(startOfMinute(counts.fromMinute)),
    to: isoInstant(startOfMinute(counts.toMinute)),
    buckets: Array.from({ length: buckets }, (_, bucket) => {
      const startMinute = counts.fromMinute + bucket * counts.bucketMinutes
      const byPriority = counts.priorityIds.map((id, priority) => ({
        id,
        name: names.get(id) ?? id,
        count: counts.counts[priority]?.[bucket] ?? 0,
      }))
      return {
        start: isoInstant(startOfMinute(startMinute)),
        total: byPriority.reduce((sum, { count }) => sum + count, 0),
        byPriority,
        provisional: startMinute + counts.bucketMinutes > counts.provisionalFromMinute,
      }
    }),
  }
}

type SpanNow = () => Promise<Params<'counts.get'>>

/** Shows the counts as they change, until Ctrl-C: a chart on a terminal, else lines. */
export async function watchCounts({ io, options, config, open, print }: CountsCall): Promise<void> {
  const settings = config()
  const asked = await spanOf(options, settings)
  const signal = untilReaderGone(io)
  await open(
    settings,
    async (app) => {
      const { client } = app
      const span: SpanNow = () => asked(client)
      await app.start()
      if (options.json === true)
        return watchAsJson(client, { span, signal, print: (document) => print(document, '') })
      if (io.stdoutIsTTY && !terminalKind(io).plain) {
        return showLiveChart(io, client, { span, output: 'stdout', hint: 'Ctrl-C ends it.', signal }).ended
      }
      await followChart(client, {
        span,
        onChart: createMinuteLines((line) => void io.stdout.write(`${line}\n`)),
        onFailure: (error) => say(io, error.message),
        signal,
      })
    },
    { background: true },
  )
}

/**
 * A line with all the counts at the start, and whenever everything may have changed; else a line with the minutes that
 * changed, as absolute counts.
 */
async function watchAsJson(
  client: Client,
  { span, signal, print }: { span: SpanNow; signal: AbortSignal; print: (document: unknown) => void },
): Promise<void> {
  let knownSeq = -1
  let session = await client.call('session.get', {})
  let last = Promise.resolve()
  const whole = async (): Promise<void> => {
    const loaded = await loadChart(client, await span())
    knownSeq = loaded.counts.seq
    session = loaded.session
    print({ seq: knownSeq, ...countsDocument(loaded.counts, session) })
  }
  const printChange = async (change: CountsChanged): Promise<void> => {
    if (change.seq <= knownSeq) return
    if (change.reset || change.prevSeq !== knownSeq) return whole()
    knownSeq = change.seq
    print(changeDocument(change, session))
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const inTurn = (work: () => Promise<void>): void => {
    last = last.then(work)
    last.catch(reject)
  }
  const subscriptions = [
    client.on('counts.changed', (change) => inTurn(() => printChange(change))),
    client.on('session.changed', () => inTurn(whole)),
  ]
  try {
    inTurn(whole)
    await Promise.race([untilAborted(signal), failed])
  } finally {
    for (const each of subscriptions) each()
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

/**
 * A chart that goes on, as lines for a log: one for each minute (or longer bucket) when it is over, and one more where a
 * ticket came later.
 */
export function createMinuteLines(write: (line: string) => void): (loaded: LoadedChart) => void {
  const written = new Map<Minute, string>()
  let nextMinute: Minute | null = null
  return ({ counts, session }) => {
    const over = counts.toMinute - counts.bucketMinutes
    // What was over at the start was not looked on at.
    nextMinute ??= over
    for (let bucket = 0; counts.fromMinute + bucket * counts.bucketMinutes < over; bucket++) {
      const minute = counts.fromMinute + bucket * counts.bucketMinutes
      const line = minuteText(minute, bucket, { counts, session })
      const former = written.get(minute)
      written.set(minute, line)
      if (former === undefined ? minute >= nextMinute : former !== line) write(line)
    }
    nextMinute = Math.max(nextMinute, over)
  }
}

/** `2026-11-24T14:05:00Z  3  Highest 1, High 2` */
function minuteText(
  minute: Minute,
  bucket: number,
  { counts, session }: Pick<LoadedChart, 'counts' | 'session'>,
): string {
  const byName = session.watched.map(({ id, name }) => ({
    name,
    count: counts.counts[counts.priorityIds.indexOf(id)]?.[bucket] ?? 0,
  }))
  const total = byName.reduce((sum, { count }) => sum + count, 0)
  const parts = byName.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${count}`)
  return [isoInstant(startOfMinute(minute)), String(total), parts.join(', ')].join('  ').trimEnd()
}
