import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ReadClient } from '../../app/stored.ts'
import type { Params } from '../../../src-shared/contract/methods.ts'
import type { CountsResult, Session } from '../../../src-shared/contract/tickets.ts'
import { elapsedMs } from '../../../src-shared/domain/series.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Chart } from '../../print/chart.ts'
import { pngChart } from '../../print/png-chart.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { terminalKind } from '../cli/terminal.ts'
import { completeSpan } from '../cli/times.ts'
import type { PLOT_DATA } from '../ticket-commands.ts'

/** The last hour's chart as a picture. */
export async function plotPng({
  io,
  options,
  config,
  open,
  print,
}: CommandCall<'core', typeof PLOT_DATA>): Promise<void> {
  await open(config(), async ({ client }) => {
    const span = await completeSpan(client, { fromMs: null, toMs: null }, machineClock.now())
    const loaded = await loadChart(client, { ...span, bucketMinutes: 1 })
    const file = await writePng(io, loaded, options.png ?? '')
    print({ file }, `The chart is in ${file}.`)
  })
}

export interface LoadedChart {
  readonly chart: Chart
  readonly counts: CountsResult
  readonly session: Session
}

/** The counts of a span with the names of their priorities: what a chart, a picture and a JSON document are made of. */
export async function loadChart(client: ReadClient, span: Params<'counts.get'>): Promise<LoadedChart> {
  const session = await client.call('session.get', {})
  const counts = await client.call('counts.get', span)
  const chart = {
    series: counts,
    spanMs: elapsedMs(span, siteTime(session.clock, machineClock.now())),
    priorities: session.watched,
    zone: session.zone,
    provisionalFromMinute: counts.provisionalFromMinute,
  }
  return { chart, counts, session }
}

/** A chart for stdout, as wide as its terminal. */
export function chartText(io: CliIo, chart: Chart): string {
  const { ascii } = terminalKind(io)
  return terminalChart(chart, { width: io.columns, colour: io.colour, ascii })
}

export async function writePng(io: CliIo, { chart, session }: LoadedChart, file: string): Promise<string> {
  const label = [session.site.label, session.projectKey].filter((part) => part !== null).join(' · ')
  return writePicture(io, chart, label, file)
}

/** Draws a chart into a file, relative to where the command was called; returns its whole path. Throws `usage`. */
export async function writePicture(io: CliIo, chart: Chart, label: string, file: string): Promise<string> {
  const target = path.resolve(io.cwd, file)
  const picture = await pngChart(chart, label)
  try {
    const isNew = !existsSync(target)
    await writeFile(target, picture)
    if (isNew) await shareAsAsked(target)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new AppError('usage', `The picture ${target} cannot be written (${reason}).`, {
      consequence: 'Nothing else was changed.',
      hint: 'Give a file in a folder that is there and can be written.',
      cause,
    })
  }
  return target
}
