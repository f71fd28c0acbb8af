import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { cannotImport, damaged, isKnown, isOfJira, LOAD_IT } from './source-row.ts'
import { EXPORT_FORMATS, formatByEnding } from './ticket-lines.ts'

/** Names of what files begin with, by their first bytes in hexadecimal digits. */
type Beginnings = Readonly<Record<string, string>>

/** Marks at the beginning of a text, for the encoding. PowerShell's > makes UTF-16 of everything. */
const MARKS: Beginnings = { efbbbf: 'utf-8', fffe: 'utf-16le', feff: 'utf-16be' }

/** What pg_dump calls UTF-8; with SQL_ASCII the server kept whatever it was given, and the decoder says whether that is it. */
const UTF8 = /^(?:UTF8|UNICODE|SQL_ASCII)$/i

const CLIENT_ENCODING = /^SET client_encoding = '(\w+)';/m

/** `old`: a pg_dump of the first program's table. */
const IMPORT_FORMATS = ['old', ...EXPORT_FORMATS] as const

const SQL = /^(?:--|\/\*|\\|(?:SET|SELECT|COPY|INSERT|CREATE|BEGIN|ALTER|DROP)\b)/i

const HEAD_BYTES = 65_536

/**
 * Looks at the beginning of a file. `format`: what the person says it is; else it is guessed. `name` is what the person
 * calls it; `encoding` is as `TextDecoder` names it. Throws `usage` where it is nothing that can be imported, and `bad-data` where it cannot be read.
 */
export async function lookAtFile(
  file: string,
  { name, format }: { readonly name: string; readonly format?: ImportFormat | undefined },
  signal: AbortSignal,
) {
  const start = await headOf(file, { name, isGzip: false }, signal)
  const isGzip = start.subarray(0, 2).equals(GZIP)
  const head = isGzip ? await headOf(file, { name, isGzip }, signal) : start
  refuseBinary(head, name)
  const encoding = encodingOf(head, name)
  const text = new TextDecoder(encoding).decode(head)
  return { format: format ?? guessFormat(text, name), isGzip, encoding }
}

/** Throws `usage` where there is nothing to read at that path. */
export async function refuseNoFile(file: string, name: string): Promise<void> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code ?? cause.message})`
    throw cannotImport(name, why, 'Check its name, and that it may be read.', cause)
  })
  if (found.isDirectory()) {
    throw cannotImport(
      name,
      'is a folder',
      `If pg_dump wrote it (-Fd), make text of it: pg_restore -f tickets.sql ${path.basename(file)}`,
    )
  }
}

async function headOf(
  file: string,
  source: { readonly name: string; readonly isGzip: boolean },
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of readBytes(file, source, signal)) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= HEAD_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES)
}

const GZIP = Buffer.from([0x1f, 0x8b])

/** Where the tar format has its name. */
const TAR_NAME_AT = 257

/** Other ways to pack a file. */
const PACKED: Beginnings = {
  '504b0304': 'zip',
  '28b52ffd': 'zstd',
  fd377a585a: 'xz',
  '425a68': 'bzip2',
  '04224d18': 'lz4',
}

function namedByStart(head: Buffer, beginnings: Beginnings): string | undefined {
  const start = head.subarray(0, 8).toString('hex')
  return Object.entries(beginnings).find(([bytes]) => start.startsWith(bytes))?.[1]
}

function refuseBinary(head: Buffer, name: string): void {
  const start = head.subarray(0, 6).toString('latin1')
  const isTar = head.subarray(TAR_NAME_AT, TAR_NAME_AT + 5).toString('latin1') === 'ustar'
  if (start.startsWith('PGDMP') || isTar) {
    throw cannotImport(
      name,
      `is a pg_dump in the ${isTar ? 'tar' : 'custom'} format, which only pg_restore reads`,
      'Make text of it: pg_restore -f tickets.sql FILE; then import tickets.sql.',
    )
  }
  const packed = namedByStart(head, PACKED)
  if (packed !== undefined) throw cannotImport(name, `is packed with ${packed}`, 'Unpack it first.')
}

export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** What a text is, by how it begins. Throws `usage` where that does not show it. */
function guessFormat(head: string, name: string): ImportFormat {
  const start = head.trimStart()
  if (start === '') {
    const format = formatByEnding(name.replace(/\.gz$/, ''))
    if (format !== undefined) return format
    throw cannotImport(name, 'is empty', 'Check how it was made.')
  }
  if (start.startsWith('{')) return 'jsonl'
  if (start.startsWith('[')) {
    throw cannotImport(
      name,
      'is one JSON array',
      'Make JSON lines of it, one object a line: jq -c ".[]" FILE > tickets.jsonl',
    )
  }
  if (SQL.test(start)) return 'old'
  const columns = (start.split(/\r?\n|\r/, 1)[0] ?? '')
    .split(/[,;\t]/)
    .map((column) => column.replaceAll('"', '').trim())
  if (columns.some(isKnown) || isOfJira(columns)) return 'csv'
  throw cannotImport(
    name,
    'is neither a pg_dump of the first program’s table, nor CSV with a line of column names that Jira TPM knows, nor JSON lines',
    'jira-tpm import -h says what it takes. Say --format old, csv or jsonl where it is one of them.',
  )
}

/** The encoding of a text, by its first bytes and by what a dump says of itself. Throws `usage` for one that is not read. */
function encodingOf(head: Buffer, name: string): string {
  const marked = namedByStart(head, MARKS)
  if (marked !== undefined) return marked
  if (head.includes(0)) throw cannotImport(name, 'is not text', 'Give a dump, CSV or JSON lines.')
  const [, client = 'UTF8'] = CLIENT_ENCODING.exec(head.toString('latin1')) ?? []
  if (UTF8.test(client)) return 'utf-8'
  throw cannotImport(
    name,
    `is in the encoding ${client}, and of a dump only UTF-8 is read`,
    `Dump it again with pg_dump --encoding=UTF8. Or ${LOAD_IT}`,
  )
}

/**
 * A file's text, piece by piece. Throws as `readBytes`, and `bad-data` where it is not of its encoding: a letter that is
 * read wrongly would be stored so for good.
 */
export async function* readText(
  file: string,
  { name, isGzip, encoding }: ByteSource & { readonly encoding: string },
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (bytes?: Buffer): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch (cause) {
      throw damaged(
        name,
        `is not text in ${encoding.toUpperCase()}`,
        'Save it again as UTF-8, or dump it again with pg_dump --encoding=UTF8.',
        cause,
      )
    }
  }
  for await (const bytes of readBytes(file, { name, isGzip }, signal)) yield decode(bytes)
  yield decode()
}

/** A file's bytes, unpacked, piece by piece. Throws `bad-data` where it cannot be read to its end, and the signal's reason. */
async function* readBytes(
  file: string,
  { name, isGzip }: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const stream = createReadStream(file)
  const source = isGzip ? createGunzip() : stream
  // What fails in it ends the last stream, where it is handled.
  if (source !== stream) pipeline(stream, source as ReturnType<typeof createGunzip>).catch(() => {})
  try {
    for await (const chunk of source) {
      signal.throwIfAborted()
      yield chunk as Buffer
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw isGzip && String(error.code).startsWith('Z_')
      ? damaged(name, 'is cut off or damaged: it cannot be unpacked', 'Get the file again.', error)
      : damaged(name, `cannot be read (${String(error.code)})`, 'Check the file and its disk.', error)
  } finally {
    stream.destroy()
    source.destroy()
  }
}

interface ByteSource {
  /** What the person calls it. */
  readonly name: string
  readonly isGzip: boolean
}
