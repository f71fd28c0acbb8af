import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asOfDocument, asOfText } from '../../../src-shared/domain/text/as-of.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Chart } from '../../print/chart.ts'
import { pngChart, type PictureOptions } from '../../print/png-chart.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { fieldParams, onlyText } from '../cli/field-flags.ts'
import { askedSpan } from '../cli/times.ts'
import type { PLOT_DATA } from '../ticket-commands.ts'
import { loadChart, loadLayers, type LoadedChart } from './load-chart.ts'

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
    const { only, png: file = '', theme } = options
    const { filter } = fieldParams({ only })
    const loaded = await loadChart(client, { ...(await span(client)), ...(filter && { filter }) })
    const layers = await loadLayers(client, loaded, filter)
    const target = await writePng(io, loaded, { file, layers, theme, only: only && onlyText(only) })
    const { asOf } = loaded.counts
    const asOfPart = asOf === undefined ? '' : ` ${asOfText(asOf, loaded.chart.zone)}`
    print({ file: target, ...asOfDocument(asOf) }, `The chart is in ${target}.${asOfPart}`)
  })
}

interface PictureFile extends Pick<PictureOptions, 'theme' | 'layers' | 'note'> {
  readonly file: string
  /** Which tickets it counts, where not all. */
  readonly only?: string | undefined
}

export async function writePng(
  io: CliIo,
  { chart, session }: LoadedChart,
  { only, ...picture }: PictureFile,
): Promise<string> {
  const source = [session.site.label, session.projectKey, only ?? null]
    .filter((part) => part !== null)
    .join(' · ')
  return writePicture(io, chart, { source, ...picture })
}

/** Draws a chart into a file, relative to where the command was called; returns its whole path. Throws `usage`. */
export async function writePicture(
  io: CliIo,
  chart: Chart,
  { file, ...options }: Pick<PictureFile, 'file'> & PictureOptions,
): Promise<string> {
  const target = path.resolve(io.cwd, file)
  const picture = await pngChart(chart, options)
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
