import type { Client } from '../../src-shared/contract/client.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { createRedrawn, type ScreenSize } from '../print/redraw.ts'
import { fittedChart } from '../print/terminal-chart.ts'
import { flowText, wrapText } from '../print/text-width.ts'
import { keepAtEnd } from './at-end.ts'
import { followChart } from './follow-chart.ts'
import type { CliIo } from './io.ts'
import type { LoadedChart } from './load-chart.ts'
import { inAscii } from './prompt-output.ts'
import { syncText } from './sync-text.ts'
import { terminalKind } from './terminal-kind.ts'

interface LiveChartOptions {
  readonly span: () => Promise<Params<'counts.get'>>
  /** Where it is drawn. */
  readonly output: 'stdout' | 'stderr'
  /** Lines below the chart, at each drawing; the last thing that is given up where the terminal is small. */
  readonly below?: (size: ScreenSize) => readonly string[]
  /** What ends it, for the person. */
  readonly hint: string
  readonly signal: AbortSignal
}

/** A chart that is drawn over in place. */
export interface LiveChart {
  /** Draws it again: what stands below it has changed. */
  readonly redraw: () => void
  /** Resolves when the signal ended it; the last picture stays. Rejects with what will not pass by itself. */
  readonly ended: Promise<void>
}

/** Draws a chart in the terminal, again at each change, each minute and each change of the terminal's size. */
export function showLiveChart(io: CliIo, client: Client, options: LiveChartOptions): LiveChart {
  const { span, output, below = () => [], hint, signal } = options
  const { ascii } = terminalKind(io.env, process.platform)
  const colour = output === 'stdout' ? io.colour : io.isTTY && !io.env['NO_COLOR']
  const redrawn = createRedrawn(io[output], () => io)
  let loaded: LoadedChart | null = null
  let status: SyncStatus | null = null
  let failure: string | null = null

  const draw = (): void => {
    const lower = [...below(io), ...lastLines()]
    // The cursor's own row is not the chart's.
    const lines = Math.max(0, io.rows - 1 - lower.length)
    const chart =
      loaded === null ? [] : fittedChart(loaded.chart, { width: io.columns - 1, lines, colour, ascii })
    redrawn.draw([...chart.slice(0, lines), ...lower])
  }
  const lastLines = (): string[] => {
    const told = failure ?? (status === null ? '' : syncText(status, loaded?.session.zone ?? 'UTC'))
    const width = io.columns - 1
    const parts = told === '' ? [hint] : [...wrapText(told, width), ...wrapText(hint, width)]
    return flowText(parts, ' ', width).map((line) => (ascii ? inAscii(line) : line))
  }
  const hearStatus = (next: SyncStatus): void => {
    status = next
    draw()
  }
  const leave = [
    client.on('sync.changed', hearStatus),
    io.onResize(draw),
    keepAtEnd(io.stderr, (text) => {
      redrawn.clear()
      io.stderr.write(text)
      draw()
    }),
  ]
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
      for (const each of leave) each()
      redrawn.end()
    }
  }
  return { redraw: draw, ended: follow() }
}
