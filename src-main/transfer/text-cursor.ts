import { damaged } from './source-row.ts'

/** A place in a text that comes piece by piece. Whoever reads moves `at` and `line` on. */
export interface TextCursor {
  /** As much of the text as is there: all before `at` is read. */
  readonly text: string
  at: number
  /** The line that `at` is in, from 1 on. */
  line: number
  /** Whether no more will come. */
  readonly ended: boolean
  /**
   * Gets more, behind what is there: as much again, so that who looks for an end anew each time looks at each letter a
   * few times only. False at the end. Moves `at`. Throws what the pieces throw.
   */
  more(): Promise<boolean>
}

/** No line and no value of a table is longer (characters): whoever waits for its end has lost the thread. */
const MAX_UNREAD = 16_777_216

/** `name`: what the person calls the text. Its `more` throws `bad-data` where a line or a value has no end. */
export function createTextCursor(pieces: AsyncIterable<string>, name: string): TextCursor {
  const iterator = pieces[Symbol.asyncIterator]()
  let text = ''
  let ended = false
  const cursor = {
    at: 0,
    line: 1,
    get text() {
      return text
    },
    get ended() {
      return ended
    },
    async more() {
      if (ended) return false
      const unread = text.length - cursor.at
      if (unread > MAX_UNREAD) {
        throw damaged(
          name,
          `has no end to what begins in line ${cursor.line}`,
          'Check how the file was made.',
        )
      }
      const parts = [text.slice(cursor.at)]
      let added = 0
      do {
        const next = await iterator.next()
        ended = next.done === true
        if (next.done === true) break
        parts.push(next.value)
        added += next.value.length
      } while (added < unread)
      text = parts.join('')
      cursor.at = 0
      return !ended
    },
  }
  return cursor
}

/** The next line without its end; null after the last. */
export async function readLine(cursor: TextCursor): Promise<string | null> {
  for (;;) {
    const line = lineThatIsThere(cursor)
    if (line !== null) return line
    if (!(await cursor.more())) return lastLine(cursor)
  }
}

/** The next line where all of it is there already: without waiting, for those who read many. */
export function lineThatIsThere(cursor: TextCursor): string | null {
  const { text, at } = cursor
  const end = text.indexOf('\n', at)
  if (end === -1) return null
  cursor.at = end + 1
  cursor.line += 1
  return text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end)
}

/** One that has no end of line. */
function lastLine(cursor: TextCursor): string | null {
  const { text, at } = cursor
  if (at === text.length) return null
  cursor.at = text.length
  return text.slice(at).replace(/\r$/, '')
}
