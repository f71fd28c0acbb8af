import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { damaged } from './unreadable.ts'

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
  // What fails in it ends the last stream, where it is heard.
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
