import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Chart } from '../../print/chart.ts'
import { pngChart } from '../../print/png-chart.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { completeSpan, NOTHING_ASKED } from '../cli/times.ts'
import type { PLOT_DATA } from '../ticket-commands.ts'
import { loadChart, type LoadedChart } from './load-chart.ts'

/** The last hour's chart as a picture. */
export async function plotPng({
  io,
  options,
  config,
  open,
  print,
}: CommandCall<'store', typeof PLOT_DATA>): Promise<void> {
  await open(config(), async ({ client }) => {
    const span = await completeSpan(client, NOTHING_ASKED)
    const loaded = await loadChart(client, { ...span, bucketMinutes: 1 })
    const file = await writePng(io, loaded, options.png ?? '')
    print({ file }, `The chart is in ${file}.`)
  })
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
