import type { Client } from '../../../src-shared/contract/client.ts'
import type { SyncStatus } from '../../../src-shared/contract/tickets.ts'
import { minuteOf, MS_PER_MINUTE, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { hooksText } from '../../../src-shared/domain/text/hooks-text.ts'
import { realMsUntil, siteTime, type SiteClock } from '../../../src-shared/domain/site-clock.ts'
import { isBehind } from '../../../src-shared/domain/text/as-of.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { ScreenSize } from '../../print/redraw.ts'
import { fittedChart } from '../../print/terminal-chart.ts'
import { flowText, wrapText } from '../../print/text-width.ts'
import { wallMinute } from '../../print/wall-clock.ts'
import { machineClock } from '../../runtime/clock.ts'
import { sleep } from '../../runtime/async.ts'
import { drawLines } from '../cli/drawn-lines.ts'
import type { CliIo } from '../cli/io.ts'
import { loadChart, type ChartSpan, type LoadedChart } from './load-chart.ts'
import { inAscii, terminalKind } from '../cli/terminal.ts'

interface SpanToShow {
  /** Which span to show, asked at each change: it may move with the time. */
  readonly span: () => Promise<ChartSpan>
  readonly signal: AbortSignal
}

interface LiveChartOptions extends SpanToShow {
  readonly output: 'stdout' | 'stderr'
  /** Lines below the chart, at each drawing; the last thing that is given up where the terminal is small. */
  readonly below?: (size: ScreenSize, loaded: LoadedChart | null) => readonly string[]
  readonly hint: string
}

interface FollowOptions extends SpanToShow {
  readonly onChart: (loaded: LoadedChart) => void
  /** The counts cannot be read for the time being. */
  readonly onFailure: (error: AppError) => void
}

/** Changes that come faster than this are shown together (real ms). */
const PACE_MS = 250

/** After a read that failed and may succeed later, or that lacks something (real ms). */
const READ_AGAIN_MS = 2_000

/** Draws a chart over in place, again at each change, each minute and each change of the terminal's size. */
export function showLiveChart(io: CliIo, client: Client, options: LiveChartOptions) {
  const { span, output, below = () => [], hint, signal } = options
  const { ascii } = terminalKind(io)
  const colour = output === 'stdout' ? io.colour : io.isTTY && !io.env['NO_COLOR']
  let loaded: LoadedChart | null = null
  let status: SyncStatus | null = null
  let failure: string | null = null

  const picture = (): string[] => {
    const lower = [...below(io, loaded), ...lastLines()]
    // The cursor's own row is not the chart's.
    const lines = Math.max(0, io.rows - 1 - lower.length)
    const chart =
      loaded === null ? [] : fittedChart(loaded.chart, { width: io.columns - 1, lines, colour, ascii })
    return [...chart.slice(0, lines), ...lower]
  }
  const lastLines = (): string[] => {
    const state = failure ?? (status === null ? '' : syncText(status, loaded?.session.zone ?? 'UTC'))
    const width = io.columns - 1
    const parts = state === '' ? [hint] : [...wrapText(state, width), ...wrapText(hint, width)]
    return flowText(parts, ' ', width).map((line) => (ascii ? inAscii(line) : line))
  }
  const drawn = drawLines(io, output, picture)
  const { draw } = drawn
  const unsubscribe = client.on('sync.changed', (next) => {
    status = next
    draw()
  })
  const follow = async (): Promise<void> => {
    try {
      status = await client.call('sync.status', {}).catch(() => null)
      await followChart(client, {
        span,
        signal,
        onChart(next) {
          loaded = next
          failure = null
          draw()
        },
        onFailure(error) {
          failure = error.message
          draw()
        },
      })
    } finally {
      unsubscribe()
      drawn.end()
    }
  }
  const ended = follow()
  ended.catch(() => {}) // it may fail before it is waited for
  return {
    /** Draws it again: what stands below it has changed. */
    redraw: draw,
    /** Resolves when the signal ended it; the last picture stays. Rejects with what will not pass by itself. */
    ended,
  }
}

/**
 * Reads a chart now, after each change of its counts and at the start of each minute, until the signal's abort. Throws
 * what will not pass by itself.
 */
export async function followChart(
  client: Client,
  { span, onChart, onFailure, signal }: FollowOptions,
): Promise<void> {
  let changed = new AbortController()
  let hasGaps = false
  const wake = (): void => changed.abort()
  const subscriptions = [
    client.on('counts.changed', wake),
    client.on('session.changed', wake),
    client.on('clock.changed', wake),
    client.on('sync.changed', ({ state }) => {
      if (hasGaps && state === 'idle') wake() // what was missing may be there
    }),
    client.on('run.changed', ({ state }) => {
      if (state !== 'running') wake() // a compressed hour has ended: the clock is the usual one
    }),
  ]
  try {
    while (!signal.aborted) {
      changed = new AbortController()
      const restMs = await show(client, {
        span,
        onFailure,
        onChart(loaded) {
          hasGaps = loaded.chart.unknown.length > 0
          onChart(loaded)
        },
      })
      await sleep(restMs, AbortSignal.any([signal, changed.signal]))
      await sleep(PACE_MS, signal)
    }
  } finally {
    for (const each of subscriptions) each()
  }
}

/** Returns how long (real ms) the chart stays as it is where nothing changes. */
async function show(
  client: Client,
  { span, onChart, onFailure }: Omit<FollowOptions, 'signal'>,
): Promise<number> {
  try {
    const loaded = await loadChart(client, await span())
    onChart(loaded)
    const restMs = untilNextMinute(loaded.session.clock)
    return isBehind(loaded.counts) ? Math.min(restMs, READ_AGAIN_MS) : restMs
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error
    onFailure(error)
    return READ_AGAIN_MS
  }
}

/** Real ms until a site's clock shows the next minute. */
export function untilNextMinute(clock: SiteClock): number {
  const nowMs = machineClock.now()
  return Math.max(0, realMsUntil(clock, startOfMinute(minuteOf(siteTime(clock, nowMs)) + 1), nowMs))
}

/** What the fetch during a live chart does, in a sentence: `Fetched at 14:03:22, 3 new.` Of webhooks, where they are taken, too. */
export function syncText(status: SyncStatus, zone: string): string {
  const { failure, progress, lastSuccessMs, lastInserted, by, hooks } = status
  if (failure !== null) return failure.message
  if (progress !== null) return `First fetch: ${progress.done} of about ${progress.total} tickets.`
  if (lastSuccessMs === null) return 'Fetching …'
  const who = by === null ? 'Fetched' : `Fetched by ${by}`
  const webhooks = hooks ? ` ${hooksText(hooks).short}.` : ''
  return `${who} at ${wallSecond(lastSuccessMs, zone)}, ${lastInserted} new.${webhooks}`
}

/** `14:03:22` on the zone's clock. */
function wallSecond(epochMs: number, zone: string): string {
  const seconds = Math.floor((epochMs % MS_PER_MINUTE) / 1_000)
  return `${wallMinute(minuteOf(epochMs), zone).clock}:${String(seconds).padStart(2, '0')}`
}
