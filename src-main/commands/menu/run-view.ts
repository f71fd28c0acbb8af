import { setTimeout as delay } from 'node:timers/promises'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { rests } from '../follow-run.ts'
import { showLiveChart, type LiveChart } from '../live-chart.ts'
import { barLine, createBar, type Bar } from '../progress.ts'
import { createRunBar } from '../run-bar.ts'
import { terminalKind } from '../terminal-kind.ts'
import { readKeys } from './keys.ts'
import type { MenuWorld } from './world.ts'

/** Why a run is looked at no more: it rests, or the person wants something else. */
export type ViewEnd = 'rests' | 'back' | 'pause' | 'stop' | 'interrupted'

const KEYS: Readonly<Record<string, ViewEnd>> = { escape: 'back', q: 'back', p: 'pause', s: 'stop' }
const HINT = 'Esc: menu, the run goes on · p: pause · s: stop'
/** While a compressed hour is looked at, its tickets shall not come in heaps (real ms). */
const FETCH_EVERY_MS = 1_000
/** A run of a minute is one bar: it is shown among its neighbours. */
const LEAST_MINUTES = 15

/** Shows a run under way, its bar below the chart of its minutes, until it rests or a key is pressed. */
export async function viewRun(
  world: MenuWorld,
  given: RunProgress,
): Promise<{ run: RunProgress; end: ViewEnd }> {
  const { io, client } = world
  const { promise: ended, resolve: end } = Promise.withResolvers<ViewEnd>()
  const drawing = new AbortController()
  const view = openView(world, () => run, drawing.signal)
  let run = given
  const bar = await createRunBar(io, client, { label: 'Creating', bar: view.bar })
  const hear = (progress: RunProgress): void => {
    if (progress.runId !== run.runId) return
    run = progress
    bar.update(run)
    if (rests(run)) end('rests')
  }
  const interrupt = (): void => end('interrupted')
  io.signal.addEventListener('abort', interrupt, { once: true })
  const leave = [
    client.on('run.changed', hear),
    readKeys(io, (key) => {
      const chosen = KEYS[key]
      if (chosen !== undefined) end(chosen)
    }),
    () => io.signal.removeEventListener('abort', interrupt),
  ]
  try {
    if (io.signal.aborted) interrupt()
    hear(run)
    hear(await client.call('runs.get', { runId: run.runId }))
    if (run.rate > 1) void fetchOften(world, drawing.signal)
    return await Promise.race([ended.then((why) => ({ run, end: why })), view.failed])
  } finally {
    for (const each of leave) each()
    bar.end()
    drawing.abort()
    await view.closed()
  }
}

/** A fetch that fails is told of by the chart's last line; the usual ones go on. */
async function fetchOften({ client }: MenuWorld, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await client.call('sync.now', {}).catch(() => {})
    await delay(FETCH_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

interface View {
  readonly bar: Bar
  /** Rejects where the chart cannot be shown any more. */
  readonly failed: Promise<never>
  closed(): Promise<void>
}

/** A chart with the bar below it; a terminal that cannot be drawn over gets lines. */
function openView({ io, client }: MenuWorld, current: () => RunProgress, signal: AbortSignal): View {
  if (terminalKind(io.env, process.platform).plain) {
    return { bar: createBar(io, 'Creating'), failed: new Promise(() => {}), closed: async () => {} }
  }
  const { ascii } = terminalKind(io.env, process.platform)
  let state: Parameters<Bar['show']> | null = null
  const chart: LiveChart = showLiveChart(io, client, {
    output: 'stderr',
    signal,
    hint: HINT,
    span: async () => ({ ...spanOf(current()), bucketMinutes: 1 }),
    below: ({ columns }) => {
      if (state === null) return ['']
      const [done, total, facts] = state
      return ['', barLine({ label: 'Creating', done, total, facts }, columns - 1, ascii)]
    },
  })
  const bar: Bar = {
    show(...shown) {
      state = shown
      chart.redraw()
    },
    end: () => chart.redraw(),
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => {}) // nobody looks on any more
  chart.ended.catch(reject)
  return { bar, failed, closed: () => chart.ended.catch(() => {}) }
}

function spanOf({ startMs, endMs }: RunProgress): { fromMs: number; toMs: number } {
  return { fromMs: startMs, toMs: Math.max(endMs, startMs + LEAST_MINUTES * MS_PER_MINUTE) }
}
