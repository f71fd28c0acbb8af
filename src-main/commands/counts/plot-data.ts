import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Chart } from '../../print/chart.ts'
import { pngChart, type PngTheme } from '../../print/png-chart.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { askedSpan } from '../cli/times.ts'
import type { PLOT_DATA } from '../ticket-commands.ts'
import { loadChart, type LoadedChart } from './load-chart.ts'

/** The chart of a span as a picture. */
export async function plotPng({
  io,
  options,
  config,
  open,
  print,
}: CommandCall<'store', typeof PLOT_DATA>): Promise<void> {
  const settings = config()
  const span = await askedSpan(options, settings.zone)
  await open(settings, async ({ client }) => {
    const loaded = await loadChart(client, await span(client))
    const file = await writePng(io, loaded, { file: options.png ?? '', theme: options.theme })
    print({ file }, `The chart is in ${file}.`)
  })
}

interface PictureFile {
  readonly file: string
  /** Light where absent. */
  readonly theme?: PngTheme | undefined
}

export async function writePng(
  io: CliIo,
  { chart, session }: LoadedChart,
  { file, theme }: PictureFile,
): Promise<string> {
  const source = [session.site.label, session.projectKey].filter((part) => part !== null).join(' · ')
  return writePicture(io, chart, { source, file, theme })
}

/** Draws a chart into a file, relative to where the command was called; returns its whole path. Throws `usage`. */
export async function writePicture(
  io: CliIo,
  chart: Chart,
  { source, file, theme }: PictureFile & { readonly source: string },
): Promise<string> {
  const target = path.resolve(io.cwd, file)
  const picture = await pngChart(chart, source, theme)
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
