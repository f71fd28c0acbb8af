import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { WatchedField } from '../../src-shared/domain/ticket.ts'
import type { PostgresConfig } from '../config/config.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { readDump } from './read-dump.ts'
import { lookAtFile, readText, refuseNoFile, type ImportFormat } from './look-at-file.ts'
import { openOldTable, wantsPassword } from './old-table.ts'
import { readCsv, readJsonLines } from './ticket-rows.ts'
import { cannotImport, ImportError, type BadRow, type SourceRow } from './source-row.ts'

/** Where tickets are imported from. `name` is what the person calls it; `format` where it is not to be guessed. */
export type ImportSource = FileSource | StreamSource | TableSource

interface Named {
  readonly name: string
  readonly format?: ImportFormat | undefined
  /** Which table of a dump; null: the only one that has the columns of the first program's. */
  readonly table: string | null
}

/** `file`: a whole path. */
type FileSource = Named & { readonly kind: 'file'; readonly file: string }

type StreamSource = Named & { readonly kind: 'stream'; readonly stream: Readable }

/** The first program's table in its database. */
interface TableSource {
  readonly kind: 'table'
  readonly config: PostgresConfig
  readonly table: string | null
  /** Asks the person, where the server wants a password and none is known; null: there is no person to ask, or no password. */
  readonly askPassword: () => Promise<string | null>
}

/** A source whose rows can be read as often as needed. */
export interface OpenSource {
  readonly format: ImportFormat | 'table'
  readonly name: string
  /** What a row's number counts. */
  readonly unit: 'line' | 'row'
  rows(): AsyncIterable<SourceRow | BadRow>
  /** The columns that mean nothing to us and the table that it was, known once all rows are read. */
  found(): { readonly unknownColumns: readonly string[]; readonly table: string | null }
  close(): Promise<void>
}

/** Throws as the readers of its kind do: `usage`, `bad-data`, `not-configured`, `store-unavailable`, the signal's reason. */
export async function openSource(
  source: ImportSource,
  signal: AbortSignal,
  watchedField?: WatchedField,
): Promise<OpenSource> {
  if (source.kind === 'table') return openTable(source, signal)
  if (source.kind === 'stream') return openStream(source, signal, watchedField)
  await refuseNoFile(source.file, source.name)
  // A pipe can be read only once.
  const isPlain = (await stat(source.file)).isFile()
  return isPlain
    ? openFile(source, signal, watchedField)
    : openStream({ ...source, kind: 'stream', stream: createReadStream(source.file) }, signal, watchedField)
}

async function openStream(
  { stream, ...source }: StreamSource,
  signal: AbortSignal,
  watchedField: WatchedField | undefined,
): Promise<OpenSource> {
  const spooled = await spool(stream, signal)
  try {
    const open = await openFile({ ...source, kind: 'file', file: spooled.file }, signal, watchedField)
    return { ...open, close: () => spooled.remove() }
  } catch (error) {
    await spooled.remove()
    throw error
  }
}

/** No more of them are reported. */
const MAX_UNKNOWN = 20

async function openFile(
  source: FileSource,
  signal: AbortSignal,
  watchedField: WatchedField | undefined,
): Promise<OpenSource> {
  const { name, table } = source
  const look = await lookAtFile(source.file, source, signal)
  if (table !== null && look.format !== 'old') {
    throw cannotImport(name, 'is no dump, so it has no tables', 'Leave --table out.')
  }
  const unknown = new Set<string>()
  let foundTable: string | null = null
  const readerParts = {
    name,
    table,
    watchedField,
    onUnknown: (column: string) => void (unknown.size < MAX_UNKNOWN && unknown.add(column)),
    onTable: (label: string) => void (foundTable = label),
  }
  return {
    format: look.format,
    name,
    unit: 'line',
    rows: () => READERS[look.format](readText(source.file, { ...look, name }, signal), readerParts),
    found: () => ({ unknownColumns: [...unknown], table: foundTable }),
    close: async () => {},
  }
}

const READERS = { old: readDump, csv: readCsv, jsonl: readJsonLines } as const satisfies Record<
  ImportFormat,
  unknown
>

async function openTable(source: TableSource, signal: AbortSignal): Promise<OpenSource> {
  const opened = await openAsking(source, signal)
  return {
    format: 'table',
    name: opened.label,
    unit: 'row',
    rows: () => opened.rows(),
    found: () => ({ unknownColumns: [], table: opened.label }),
    close: () => opened.close(),
  }
}

/** Many servers want no password of who is on their machine: it is asked for only where one does. */
async function openAsking(source: TableSource, signal: AbortSignal) {
  const { config, table, askPassword } = source
  try {
    return await openOldTable(config, table, signal)
  } catch (error) {
    if (!wantsPassword(error)) throw error
    const password = await askPassword()
    if (password === null) throw error
    rememberSecret(password, config.user)
    return openOldTable({ ...config, password }, table, signal)
  }
}

/**
 * Keeps what comes on a stream, which can be read only once, in a file that this process's user alone can read, until it
 * is removed. Throws `folder-not-writable` where
 * there is no room for it, the stream's own errors and the signal's reason.
 */
async function spool(stream: Readable, signal: AbortSignal) {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-import-')) // mode 0700
  const file = path.join(folder, 'source')
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await pipeline(stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal })
    return { file, remove }
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    const { code, path: failedPath } = error as NodeJS.ErrnoException
    if (code !== 'ENOSPC' && failedPath !== file) throw error
    throw new ImportError(
      'folder-not-writable',
      `What is to be imported could not be kept in ${tmpdir()} meanwhile (${code ?? String(error)}).`,
      { hint: 'Make room there, or give a file in place of a stream.', cause: error },
    )
  }
}
