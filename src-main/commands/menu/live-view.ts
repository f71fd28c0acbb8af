import { untilAborted } from '../../runtime/async.ts'
import type { CliIo } from '../cli/io.ts'
import { terminalKind } from '../cli/terminal.ts'
import { showLiveChart } from '../counts/live-chart.ts'
import { readKeys } from './prompts.ts'

type LiveChart = Omit<Parameters<typeof showLiveChart>[2], 'output' | 'signal'>

/**
 * A chart that goes on until it is closed, and the keys that are read meanwhile; a terminal that cannot be drawn over has
 * the keys alone.
 */
export function openLiveView<K extends string>(
  io: CliIo,
  client: Parameters<typeof showLiveChart>[1],
  { keys, ...shown }: LiveChart & { readonly keys: readonly K[] },
) {
  const drawing = new AbortController()
  const signal: AbortSignal = drawing.signal
  const chart = terminalKind(io).plain
    ? null
    : showLiveChart(io, client, { ...shown, output: 'stderr', signal })
  const { promise, resolve, reject } = Promise.withResolvers<K | null>()
  const stopReading = readKeys(io, (name) => {
    const key = keys.find((each) => each === name)
    if (key !== undefined) resolve(key)
  })
  void untilAborted(AbortSignal.any([io.signal, signal])).then(() => resolve(null))
  promise.catch(() => {}) // it may fail before anybody waits for it
  chart?.ended.catch(reject)
  return {
    /** The first of the keys; null after Ctrl-C. Rejects where the chart cannot be shown any more. */
    ended: promise,
    /** Aborted when it is closed. */
    signal,
    /** Draws it again: what stands below it has changed. */
    redraw: () => chart?.redraw(),
    async close(): Promise<void> {
      stopReading()
      drawing.abort()
      await chart?.ended.catch(() => {})
    },
  }
}
