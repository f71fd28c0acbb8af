import path from 'node:path'
import { Option, type Command } from 'commander'
import { nothingExported } from '../../../src-shared/errors/app-error.ts'
import { EXPORT_FORMATS, formatOf, type ExportFormat } from '../../transfer/ticket-lines.ts'
import { addAfterHelp, configOf, type CommonOptions } from '../cli/options.ts'
import { askedSpan, type SpanOptions } from '../cli/times.ts'
import { print, say, untilReaderGone, type CommandHost } from '../cli/io.ts'
import { createTally } from '../cli/progress.ts'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import { withApp } from '../cli/with-app.ts'

interface ExportOptions extends CommonOptions, SpanOptions {
  readonly format?: ExportFormat
  readonly left?: boolean
}

const AFTER_HELP = [
  'Text that a spreadsheet would take for a formula gets an apostrophe before it in CSV, which jira-tpm import takes off again.',
]

export function addExport(program: Command, host: CommandHost): void {
  const command = program
    .command('export')
    .description('writes stored tickets as CSV or JSON lines, oldest first, however many there are')
    .argument('[file]', 'where to (default, and for -: stdout)')
    .addOption(
      new Option('--format <format>', "csv or jsonl (default: by the file's name; csv on stdout)").choices(
        EXPORT_FORMATS,
      ),
    )
    .option('--from <instant>', 'created from this instant on, as 2026-11-24T14:00Z (default: since ever)')
    .option('--to <instant>', 'created before this instant (default: no end)')
    .option('--left', 'also tickets that were watched and no longer are')
    .action((file: string | undefined, _options, called: Command) =>
      exportTickets(host, file, called.optsWithGlobals()),
    )
  addAfterHelp(command, AFTER_HELP)
}

async function exportTickets(
  { io }: CommandHost,
  file: string | undefined,
  options: ExportOptions,
): Promise<void> {
  const isStdout = file === undefined || file === '-'
  if (isStdout && options.json === true) {
    throw nothingExported(
      'usage',
      '--json needs a file: on stdout there are the tickets.',
      'For tickets in JSON say --format jsonl.',
    )
  }
  const format =
    options.format ?? (isStdout ? 'csv' : formatOf(file, ', or say --format csv or --format jsonl'))
  const config = configOf(io, options)
  const { fromMs, toMs } = askedSpan(options, config.zone)
  const target = isStdout ? { stream: io.stdout } : { file: path.resolve(io.cwd, file) }
  const signal = isStdout ? untilReaderGone(io) : io.signal
  await withApp(
    io,
    config,
    async (app) => {
      const transfer = await app.transfer()
      const tally = createTally(io, 'Writing', 'tickets')
      try {
        const request = { format, target, fromMs, toMs, withLeft: options.left === true, signal }
        const count = await transfer.exportTickets({
          ...request,
          onProgress: (written) => tally.update(written),
        })
        tally.end()
        if ('file' in target) {
          const document = { file: target.file, format, tickets: count }
          print(io, options.json, document, `${tickets(count)} written to ${target.file}.`)
        } else say(io, `${tickets(count)} written.`)
      } finally {
        tally.end()
      }
    },
    { primaryStoreOnly: true },
  )
}
