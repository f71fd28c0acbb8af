import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { damaged } from './source-row.ts'

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

interface ByteSource {
  /** What the person calls it. */
  readonly name: string
  readonly isGzip: boolean
}

/** A file's bytes, unpacked, piece by piece. Throws `bad-data` where it cannot be read to its end, and the signal's reason. */
export async function* readBytes(
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
