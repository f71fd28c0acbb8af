import path from 'node:path'
import { Option, type Command } from 'commander'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { otherServer } from '../../config/store-config.ts'
import type { Config } from '../../config/config.ts'
import { isPostgresAddress } from '../../config/postgres-config.ts'
import type { ImportSource } from '../../transfer/import-source.ts'
import {
  importNotes,
  importText,
  type ImportProgress,
  type ImportResult,
  type ImportTerms,
} from '../../transfer/import-tickets.ts'
import { IMPORT_FORMATS, refuseNoFile, type ImportFormat } from '../../transfer/look-at-file.ts'
import { addAfterHelp, configOf, pick, zoneName, type CommonOptions } from '../cli/options.ts'
import { isoInstant } from '../cli/times.ts'
import { EXIT, print, say, type CliIo, type CommandHost } from '../cli/io.ts'
import { createProgress, createTally } from '../cli/progress.ts'
import { askPassword } from '../connect/connect-questions.ts'
import { withApp } from '../cli/with-app.ts'

interface ImportOptions extends CommonOptions {
  readonly format?: ImportFormat
  readonly table?: string
  readonly zone: string
  readonly skipBad?: boolean
  readonly dryRun?: boolean
}

const IMPORT_HELP = [
  "Nothing is stored where a row is no ticket (exit 1): the first of them are told. Importing the same again changes nothing, and Jira's own version of a ticket takes the place of an imported one. A database's password comes from PSQL_PW or the keychain, or is asked for.",
  "CSV and JSON lines have the columns that jira-tpm export writes: at least id, created and priorityName. The first program's columns may be in them, too.",
  "Jira's own CSV export (Issue key, Issue id, Summary …) is taken as it is. Its dates are of the time zone in the profile of who exported it: say which with --zone.",
]

export function addImport(program: Command, host: CommandHost): void {
  const command = program
    .command('import')
    .description(
      "stores tickets of the first program's table, its pg_dump, CSV (Jira's own, too) or JSON lines",
    )
    .argument('<source>', 'a file, - for stdin, or postgres://user@host:port/database')
    .addOption(
      new Option('--format <format>', 'old (a pg_dump in text), csv or jsonl (default: as it looks)').choices(
        IMPORT_FORMATS,
      ),
    )
    .option('--table <name>', "which table (default: the only one with the first program's columns)")
    .option(
      '--zone <zone>',
      'the time zone of dates that name none, as Europe/Berlin (default: UTC)',
      zoneName('--zone', { nothing: 'Nothing was imported.', hint: 'Names are as Europe/Berlin or UTC.' }),
      'UTC',
    )
    .option('--skip-bad', 'leave out rows that are no tickets, and list the first of them')
    .option('--dry-run', 'read and check all of it, and store nothing')
    .action((source: string, _options, called: Command) =>
      importTickets(host, source, called.optsWithGlobals()),
    )
  addAfterHelp(command, IMPORT_HELP)
}

async function importTickets(host: CommandHost, text: string, options: ImportOptions): Promise<void> {
  const { io } = host
  const { zone, skipBad = false, dryRun = false } = options
  const config = configOf(io, options)
  const source = sourceOf(io, text, options, config)
  if (source.kind === 'file') await refuseNoFile(source.file, text)
  await withApp(
    io,
    config,
    async (app) => {
      const transfer = await app.transfer()
      const progress = showProgress(io)
      try {
        const request = { source, zone, skipBad, dryRun, signal: io.signal }
        const result = await transfer.importTickets({ ...request, onProgress: (now) => progress.update(now) })
        progress.end()
        for (const note of importNotes(result, TERMS)) say(io, note)
        const isRefused = result.refused > 0
        if (!isRefused || options.json === true) {
          print(io, options.json, importDocument(text, dryRun, result), importText(result, dryRun, TERMS))
        }
        if (isRefused) host.exitWith(EXIT.failed)
      } finally {
        progress.end()
      }
    },
    { primaryStoreOnly: true },
  )
}

const TERMS: ImportTerms = {
  period: ({ firstMs, lastMs }) => `from ${isoInstant(firstMs)} to ${isoInstant(lastMs)}`,
  otherZone: '--zone',
  afterRefusal: 'Correct them, or import the others with --skip-bad.',
}

function importDocument(source: string, dryRun: boolean, result: ImportResult): unknown {
  const { span, unit, bad, assumedZone, zone } = result
  return {
    source,
    ...pick(result, 'format', 'table'),
    dryRun,
    ...pick(result, 'read', 'imported', 'unchanged', 'repeated', 'skipped', 'refused', 'counted'),
    from: span && isoInstant(span.firstMs),
    to: span && isoInstant(span.lastMs),
    assumedZone: assumedZone === 0 ? null : { zone, rows: assumedZone },
    unknownColumns: result.unknownColumns,
    bad: bad.map(({ at, reason }) => ({ [unit]: at, reason })),
  }
}

function sourceOf(
  io: CliIo,
  text: string,
  { format, table: named, envFile }: ImportOptions,
  { store }: Config,
): ImportSource {
  const table = named ?? null
  if (text === '-') return { kind: 'stream', stream: io.stdin, name: 'stdin', format, table }
  if (!isPostgresAddress(text)) {
    return { kind: 'file', file: path.resolve(io.cwd, text), name: text, format, table }
  }
  if (format !== undefined) {
    throw new AppError('usage', 'A database has no format.', {
      consequence: 'Nothing was imported.',
      hint: 'Leave --format out.',
    })
  }
  const config = otherServer(text, { store, env: io.env, cwd: io.cwd, envFile })
  return { kind: 'table', config, table, askPassword: () => askPassword(io, config) }
}

function showProgress(io: CliIo): { update(progress: ImportProgress): void; end(): void } {
  const checking = createTally(io, 'Checking', 'rows')
  const storing = createProgress(io, 'Storing')
  return {
    update({ phase, rows, total }) {
      if (phase === 'checking') return checking.update(rows)
      checking.end()
      storing.update(rows, total ?? rows)
    },
    end() {
      checking.end()
      storing.end()
    },
  }
}
