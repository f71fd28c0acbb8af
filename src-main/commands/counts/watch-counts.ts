import type { Client } from '../../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../../src-shared/contract/events.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { knownAt, unknownWithin, type KnownSpans } from '../../../src-shared/domain/known-spans.ts'
import { isoInstant, startOfMinute, type Minute } from '../../../src-shared/domain/minute.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { isBehind } from '../../../src-shared/domain/text/as-of.ts'
import type { Bar } from '../../print/chart.ts'
import type { ScreenSize } from '../../print/redraw.ts'
import { sleep, untilAborted } from '../../runtime/async.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { UsualNow } from '../../../src-shared/contract/alerts/usual.ts'
import { say, untilReaderGone, type CliIo } from '../cli/io.ts'
import { fieldParams, onlyText, splitText } from '../cli/field-flags.ts'
import { inAscii, terminalKind } from '../cli/terminal.ts'
import { askedSpan } from '../cli/times.ts'
import { asOfLine, barsOf, checkForms, countsDocument, type Counted, type CountsCall } from './counts.ts'
import { followChart, showLiveChart, untilNextMinute } from './live-chart.ts'
import { loadChart, type ChartSpan, type LoadedChart } from './load-chart.ts'
import { followVerdict, nowText, verdictDocument } from './verdict.ts'
import { wrapText } from '../../print/text-width.ts'

/** After counts of a replica that lags (real ms). */
const BEHIND_MS = 2_000

type SpanToWatch = () => Promise<ChartSpan>

/** Shows the counts as they change, until Ctrl-C: a chart on a terminal, else lines. */
export async function watchCounts({ io, options, config, open, print }: CountsCall<'core'>): Promise<void> {
  const settings = config()
  const { only } = options
  checkForms(options)
  const asked = await askedSpan(options, settings.zone)
  const signal = untilReaderGone(io)
  await open(
    settings,
    async (app) => {
      const { client } = app
      const fields = fieldParams(options)
      const span: SpanToWatch = async () => ({ ...(await asked(client)), ...fields })
      await app.start()
      if (options.json === true)
        return watchAsJson(client, {
          span,
          signal,
          isWhole: only === undefined,
          print: (document) => print(document, ''),
        })
      if (io.stdoutIsTTY && !terminalKind(io).plain) {
        const below = (_size: ScreenSize, loaded: LoadedChart | null): string[] => [
          ...(only === undefined ? [] : [`Counted are ${onlyText(only)}.`]),
          ...(loaded?.counts.split === undefined ? [] : [splitText(loaded.counts.split)]),
          ...(loaded === null ? [] : asOfLine(loaded)),
        ]
        return watchLive(io, client, { span, below, signal, isWhole: only === undefined })
      }
      const leave = await followVerdict(client, {
        onVerdict:
          only !== undefined
            ? () => {}
            : createVerdictLines((line) => void io.stdout.write(`${line}\n`), settings.zone),
        onHigh: () => {},
      })
      signal.addEventListener('abort', leave, { once: true })
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

interface WatchedChart {
  readonly span: SpanToWatch
  readonly signal: AbortSignal
  readonly below: (size: ScreenSize, loaded: LoadedChart | null) => readonly string[]
  /** Of some tickets alone nobody knows what is usual. */
  readonly isWhole: boolean
}

/** A chart with the verdict below it; the terminal rings when now turns high. */
async function watchLive(
  io: CliIo,
  client: Client,
  { span, signal, isWhole, ...lines }: WatchedChart,
): Promise<void> {
  const { zone } = await client.call('session.get', {})
  let verdict = ''
  const below = (size: ScreenSize, loaded: LoadedChart | null): string[] => {
    const said = terminalKind(io).ascii ? inAscii(verdict) : verdict
    return [...lines.below(size, loaded), ...(said === '' ? [] : wrapText(said, size.columns - 1))]
  }
  const chart = showLiveChart(io, client, { span, output: 'stdout', below, hint: 'Ctrl-C ends it.', signal })
  const onVerdict = (now: UsualNow): void => {
    verdict = nowText(now, zone)
    chart.redraw()
  }
  const onHigh = (): void => void io.stdout.write(BELL)
  const leave = isWhole ? await followVerdict(client, { onVerdict, onHigh }) : null
  try {
    await chart.ended
  } finally {
    leave?.()
  }
}

const BELL = '\u0007'

/** A line for each verdict that is another than the last. */
export function createVerdictLines(write: (line: string) => void, zone: string): (now: UsualNow) => void {
  let last: string | null = null
  return (now) => {
    const { state, endMinute } = now.verdict
    if (state === last) return
    last = state
    write(`${isoInstant(startOfMinute(endMinute - 1))}  ${state}: ${nowText(now, zone)}`)
  }
}

/**
 * A line with all the counts at the start, and whenever everything may have changed, or with a filter or split anything has;
 * else a line with the minutes that changed, as absolute counts, and one whenever a time begins that is not fetched, or is fetched after all.
 */
async function watchAsJson(
  client: Client,
  {
    span,
    signal,
    print,
    isWhole,
  }: Pick<WatchedChart, 'span' | 'signal' | 'isWhole'> & {
    print: (document: unknown) => void
  },
): Promise<void> {
  let knownSeq = -1
  let session = await client.call('session.get', {})
  const whole = async (): Promise<void> => {
    const loaded = await loadChart(client, await span())
    knownSeq = loaded.counts.seq
    session = loaded.session
    const { split } = loaded.counts
    print({ seq: knownSeq, ...countsDocument(loaded), ...(split && { split }) })
    // Of what it lacks nothing may come any more.
    if (isBehind(loaded.counts)) void sleep(BEHIND_MS, signal).then((isOver) => isOver && inTurn(whole))
  }
  const printChange = async (change: CountsChanged): Promise<void> => {
    if (change.seq <= knownSeq) return
    // Of some tickets alone, or by a field, a change of all the counts says nothing.
    const { filter, splitBy } = await span()
    const isOfPart = filter !== undefined || splitBy !== undefined
    if (isOfPart || change.reset || change.prevSeq !== knownSeq) return whole()
    knownSeq = change.seq
    print(changeDocument(change, session))
  }
  const printNews = (news: object): void => print({ site: session.site.id, seq: knownSeq, ...news })
  const writeGaps = createGapDocuments(printNews)
  const printGaps = async (): Promise<void> => writeGaps(await gapsNow(client, await span()))
  const printVerdict = createVerdictDocuments(printNews)
  const { inTurn, failed } = createTurns()
  const subscriptions: (() => void)[] = [
    client.on('counts.changed', (change) => inTurn(() => printChange(change))),
    client.on('session.changed', () => inTurn(whole)),
    client.on('sync.changed', () => inTurn(printGaps)),
  ]
  /** That nothing came is said by the clock alone. */
  const everyMinute = async (): Promise<void> => {
    while (!signal.aborted) {
      inTurn(printGaps)
      await sleep(untilNextMinute(session.clock), signal)
    }
  }
  try {
    inTurn(whole)
    const onVerdict = (now: UsualNow): void => inTurn(async () => printVerdict(now))
    if (isWhole) subscriptions.push(await followVerdict(client, { onVerdict, onHigh: () => {} }))
    await Promise.race([untilAborted(signal), failed, everyMinute()])
  } finally {
    for (const each of subscriptions) each()
  }
}

/** Works that are done one after the other; `failed` rejects with the first failure. */
function createTurns(): { inTurn: (work: () => Promise<void>) => void; failed: Promise<never> } {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  // It may fail before it is waited for.
  failed.catch(() => {})
  let last = Promise.resolve()
  const inTurn = (work: () => Promise<void>): void => {
    last = last.then(work)
    last.catch(reject)
  }
  return { inTurn, failed }
}

/** Those that are others than the last. */
function createGapDocuments(print: (document: object) => void): (gaps: readonly Gap[]) => void {
  let last = '[]'
  return (gaps) => {
    const isNews = JSON.stringify(gaps) !== last
    last = JSON.stringify(gaps)
    if (isNews) print({ notFetched: gaps })
  }
}

/** Each verdict that is another than the last. */
function createVerdictDocuments(print: (document: object) => void): (now: UsualNow) => void {
  let last: string | null = null
  return (now) => {
    if (now.verdict.state === last) return
    last = now.verdict.state
    print(verdictDocument(now))
  }
}

async function gapsNow(client: Client, span: ChartSpan): Promise<Gap[]> {
  const [{ known }, { clock }] = [await client.call('sync.status', {}), await client.call('session.get', {})]
  return gapsOf(knownAt(known, clock, machineClock.now()), span, siteTime(clock, machineClock.now()))
}

interface Gap {
  /** Null where nothing before is fetched. */
  readonly from: string | null
  /** Null where it goes on. */
  readonly to: string | null
}

/** What of a span is over at `nowMs` (the site's, epoch ms) and not fetched: each gap as long as it is, also beyond the span. */
export function gapsOf(
  known: KnownSpans,
  { fromMs, toMs }: Pick<ChartSpan, 'fromMs' | 'toMs'>,
  nowMs: number,
): Gap[] {
  return unknownWithin(known, { fromMs: 0, toMs: nowMs })
    .filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs)
    .map((gap) => ({
      from: gap.fromMs === 0 ? null : isoInstant(gap.fromMs),
      to: gap.toMs === nowMs ? null : isoInstant(gap.toMs),
    }))
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
    const bars = barsOf(loaded)
    const over = bars.at(-1)?.startMinute ?? 0
    // What was over at the start was not looked on at.
    nextMinute ??= over
    for (const bar of bars) {
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
