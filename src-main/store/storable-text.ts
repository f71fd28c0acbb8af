/** PostgreSQL takes no NUL, and half a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Surrogate}]/u
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu')

/**
 * A thing whose texts both engines can keep: itself where they can, as nearly always. What they cannot becomes U+FFFD, as
 * a text decoder would have it, so that no title keeps its page from being stored, and a page that is read again is found
 * to be the same.
 */
export function storable<T extends object>(thing: T): T {
  const texts = Object.entries(thing).filter(
    ([, value]) => typeof value === 'string' && UNSTORABLE.test(value),
  )
  if (texts.length === 0) return thing
  const stored = texts.map(([name, text]) => [name, String(text).replace(ALL_UNSTORABLE, '\u{FFFD}')])
  return { ...thing, ...Object.fromEntries(stored) }
}
