import type { FileLook } from './look-at-file.ts'
import { readBytes } from './read-bytes.ts'
import { damaged } from './unreadable.ts'

/**
 * A file's text, piece by piece. Throws as `readBytes`, and `bad-data` where it is not of its encoding: a letter that is
 * read wrongly would be stored so for good.
 */
export async function* readText(
  file: string,
  { name, isGzip, encoding }: Pick<FileLook, 'isGzip' | 'encoding'> & { readonly name: string },
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
