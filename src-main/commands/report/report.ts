import { writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { AlertEntry } from '../../../src-shared/contract/alerts/alerts.ts'
import { auditVerdict } from '../../../src-shared/domain/audit-verdict.ts'
import { barsCsv } from '../../../src-shared/domain/csv.ts'
import { reportMarkdown } from '../../../src-shared/domain/report/markdown.ts'
import { alertsWithin, readReport } from '../../../src-shared/domain/report/read-report.ts'
import { sendingTexts, sentSummary } from '../../../src-shared/domain/usual/sending-text.ts'
import { wallClock } from '../../../src-shared/domain/zone-time.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { ReadClient } from '../../app/stored.ts'
import { machineClock } from '../../runtime/clock.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { askedSpan, type CountedSpan } from '../cli/times.ts'
import { barRows } from '../counts/counts.ts'
import { loadChart, loadLayers } from '../counts/load-chart.ts'
import { writePng } from '../counts/plot-data.ts'
import type { REPORT } from '../mark-commands.ts'

type ReportCommand<N extends 'store' | 'core'> = CommandCall<N, typeof REPORT>

/** A span's report, from what is stored. */
export async function report(call: ReportCommand<'store'>): Promise<void> {
  const config = call.config()
  const asked = await askedSpan(call.options, config.zone)
  checkOut(call.options)
  await call.open(config, async ({ client }) => writeReport(call, client, await asked(client), null))
}

/** The same with an audit, for which Jira is asked. */
export async function auditedReport(call: ReportCommand<'core'>): Promise<void> {
  const config = call.config()
  const asked = await askedSpan(call.options, config.zone)
  checkOut(call.options)
  await call.open(config, async ({ client }) => {
    const span = await asked(client)
    const audit = await client.call('audit.span', { fromMs: span.fromMs, toMs: span.toMs })
    await writeReport(call, client, span, auditVerdict(audit).sentence)
  })
}

/** Throws `usage` where a picture has no file. */
function checkOut({ format, out }: ReportCommand<'store'>['options']): void {
  if (format === 'png' && out === undefined)
    throw nothingDone('usage', 'A picture is written into a file.', 'Name it: --out storm.png.')
}

async function writeReport(
  { io, options, print }: Pick<ReportCommand<'store'>, 'io' | 'options' | 'print'>,
  client: ReadClient,
  span: CountedSpan,
  audit: string | null,
): Promise<void> {
  const { format = 'md', out } = options
  if (format === 'png') {
    const loaded = await loadChart(client, span)
    const layers = await loadLayers(client, loaded)
    const note = sentSummary(await alertsWithin(client.call, span))
    const file = await writePng(io, loaded, { file: out ?? '', layers, note })
    return print({ file }, `The picture is in ${file}.`)
  }
  const text = format === 'md' ? await markdownOf(client, span, audit) : await csvOf(client, span)
  if (out === undefined) return print({ format, report: text }, text.trimEnd())
  const file = path.resolve(io.cwd, out)
  try {
    const isNew = !existsSync(file)
    await writeFile(file, text)
    if (isNew) await shareAsAsked(file)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    const what = `The report ${file} cannot be written (${reason}).`
    throw nothingDone('usage', what, 'Give a file in a folder that is there and can be written.', cause)
  }
  print({ format, file }, `The report is in ${file}.`)
}

async function markdownOf(client: ReadClient, span: CountedSpan, audit: string | null): Promise<string> {
  return reportMarkdown(await readReport(client.call, span, machineClock.now()), audit)
}

async function csvOf(client: ReadClient, span: CountedSpan): Promise<string> {
  const loaded = await loadChart(client, span)
  const { marks } = await client.call('marks.list', { fromMs: span.fromMs, toMs: span.toMs })
  const lines = alertLines(await alertsWithin(client.call, span), loaded.chart.zone)
  const names = loaded.session.watched.map(({ name }) => name)
  const rows = barRows(loaded, null, marks).map((row) => {
    const isIn = ({ atMs }: { readonly atMs: number }): boolean => atMs >= row.fromMs && atMs < row.toMs
    return { ...row, alerts: lines.filter(isIn).map(({ text }) => text) }
  })
  return barsCsv(rows, { names, zone: loaded.chart.zone })
}

/** What became of alerts, when, and to where that was sent. */
function alertLines(alerts: readonly AlertEntry[], zone: string): { atMs: number; text: string }[] {
  return alerts.flatMap(({ transitions }) =>
    transitions.map((transition) => {
      const sent = sendingTexts(transition, (ms) => wallClock(ms, zone)).join('; ')
      return { atMs: transition.atMs, text: `${transition.message.title}: ${sent}` }
    }),
  )
}
