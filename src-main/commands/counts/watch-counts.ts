import type { Client } from '../../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../../src-shared/contract/events.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { isoInstant, startOfMinute, type Minute } from '../../../src-shared/domain/minute.ts'
import type { Bar } from '../../print/chart.ts'
import { untilAborted } from '../../runtime/async.ts'
import { say, untilReaderGone } from '../cli/io.ts'
import { terminalKind } from '../cli/terminal.ts'
import { barsOf, countsDocument, spanOf, type Counted, type CountsCall } from './counts.ts'
import { followChart, showLiveChart } from './live-chart.ts'
import { loadChart, type CountedSpan } from './load-chart.ts'

type SpanNow = () => Promise<CountedSpan>

/** Shows the counts as they change, until Ctrl-C: a chart on a terminal, else lines. */
export async function watchCounts({ io, options, config, open, print }: CountsCall<'core'>): Promise<void> {
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
    print({ seq: knownSeq, ...countsDocument(loaded) })
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
export function createMinuteLines(write: (line: string) => void): (loaded: Counted) => void {
  const written = new Map<Minute, string>()
  let nextMinute: Minute | null = null
  return (loaded) => {
    const over = loaded.counts.toMinute - loaded.counts.bucketMinutes
    // What was over at the start was not looked on at.
    nextMinute ??= over
    for (const bar of barsOf(loaded)) {
      const { startMinute } = bar
      if (startMinute >= over) break
      const line = barText(bar, loaded.session)
      const former = written.get(startMinute)
      written.set(startMinute, line)
      if (former === undefined ? startMinute >= nextMinute : former !== line) write(line)
    }
    nextMinute = Math.max(nextMinute, over)
  }
}

/** `2026-11-24T14:05:00Z  3  Highest 1, High 2`; `?` where it was not fetched. */
function barText({ startMinute, total, counts, state }: Bar, { watched }: Session): string {
  const parts = watched.flatMap(({ name }, priority) =>
    (counts[priority] ?? 0) > 0 ? [`${name} ${counts[priority]}`] : [],
  )
  const figure = state === 'unknown' ? '?' : String(total)
  return [isoInstant(startOfMinute(startMinute)), figure, parts.join(', ')].join('  ').trimEnd()
}
