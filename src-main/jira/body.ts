import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

const unzip = promisify(gunzip)

/** What we can unpack, as `Accept-Encoding` says it. */
export const ACCEPTED_ENCODING = 'gzip'

/** The text of a body, and what is wrong with it where it has none. */
export type BodyText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly wrong: 'too-large' | 'cut' | 'encoding' }

/** Unpacks a body and reads it as UTF-8. `maxBytes` is the most that it may be as unpacked. */
export async function readBody(body: Buffer, encoding: string | null, maxBytes: number): Promise<BodyText> {
  if (encoding === null || encoding === 'identity' || body.byteLength === 0) {
    return { ok: true, text: body.toString('utf8') }
  }
  if (encoding.toLowerCase() !== 'gzip') return { ok: false, wrong: 'encoding' }
  try {
    return { ok: true, text: (await unzip(body, { maxOutputLength: maxBytes })).toString('utf8') }
  } catch (error) {
    const tooLarge = error instanceof RangeError
    return { ok: false, wrong: tooLarge ? 'too-large' : 'cut' }
  }
}
