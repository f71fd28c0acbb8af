import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../src-shared/contract/client.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { realMsUntil, siteTime, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import { loadChart, type LoadedChart } from './load-chart.ts'

/** Changes that come faster than this are shown together (real ms). */
const PACE_MS = 250
/** After a read that failed and may succeed later (real ms). */
const READ_AGAIN_MS = 2_000

interface FollowOptions {
  /** Which span to show, asked at each change: it may move with the time. */
  readonly span: () => Promise<Params<'counts.get'>>
  readonly onChart: (loaded: LoadedChart) => void
  /** The counts cannot be read for the time being. */
  readonly onFailure: (error: AppError) => void
  readonly signal: AbortSignal
}

/**
 * Reads a chart now, after each change of its counts and at the start of each minute, until the signal's abort. Throws
 * what will not pass by itself.
 */
export async function followChart(
  client: Client,
  { span, onChart, onFailure, signal }: FollowOptions,
): Promise<void> {
  let changed = Promise.withResolvers<void>()
  const wake = (): void => changed.resolve()
  const leave = [
    client.on('counts.changed', wake),
    client.on('session.changed', wake),
    client.on('clock.changed', wake),
    client.on('run.changed', ({ state }) => {
      if (state !== 'running') wake() // a compressed hour has ended: the clock is the usual one
    }),
  ]
  signal.addEventListener('abort', wake, { once: true })
  try {
    while (!signal.aborted) {
      changed = Promise.withResolvers()
      const restMs = await show(client, { span, onChart, onFailure })
      await Promise.race([changed.promise, sleep(restMs, signal)])
      await sleep(PACE_MS, signal)
    }
  } finally {
    signal.removeEventListener('abort', wake)
    for (const each of leave) each()
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
    return untilNextMinute(loaded.session.clock)
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error
    onFailure(error)
    return READ_AGAIN_MS
  }
}

function untilNextMinute(clock: SiteClock): number {
  const nowMs = machineClock.now()
  return Math.max(0, realMsUntil(clock, startOfMinute(minuteOf(siteTime(clock, nowMs)) + 1), nowMs))
}

/** Ends early where the signal says so. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: true }).catch(() => {})
}
