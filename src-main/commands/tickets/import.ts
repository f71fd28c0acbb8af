import { isoInstant } from '../../../src-shared/domain/minute.ts'
import path from 'node:path'
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
import { refuseNoFile } from '../../transfer/look-at-file.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT, say, type CliIo } from '../cli/io.ts'
import { pick } from '../cli/options.ts'
import { createProgress, createTally } from '../cli/progress.ts'
import { askPassword } from '../connect/connect-questions.ts'
import type { IMPORT } from '../ticket-commands.ts'

export async function importTickets(call: CommandCall<'own-primary-core', typeof IMPORT>): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const { source: text, zone, skipBad = false, dryRun = false } = options
  const config = call.config()
  const source = sourceOf(io, options, config)
  if (source.kind === 'file') await refuseNoFile(source.file, text)
  await open(config, async (app) => {
    const transfer = await app.transfer()
    const progress = showProgress(io)
    const onProgress = (now: ImportProgress): void => progress.update(now)
    const request = { source, zone, skipBad, dryRun, signal: io.signal, onProgress }
    const result = await transfer.importTickets(request).finally(() => progress.end())
    for (const note of importNotes(result, TERMS)) say(io, note)
    const isRefused = result.refused > 0
    if (!isRefused || options.json === true) {
      print(importDocument(text, dryRun, result), importText(result, dryRun, TERMS))
    }
    if (isRefused) exitWith(EXIT.failed)
  })
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
  { source: text, format, table: named, envFile }: CommandCall<'own-primary-core', typeof IMPORT>['options'],
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
