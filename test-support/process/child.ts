import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** A line that a process of its own says. */
export interface Said {
  readonly said: string
}

/** Where and as whom it works. */
export interface ChildJob {
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
}

export type Child<W extends Said> = ReturnType<typeof startChild<W>>

/**
 * Starts a process that says what it does and is told what to do, a line of JSON each: `obey.ts` is its side. It
 * ends when its input does, so not after this process, or by a signal.
 */
export function startChild<W extends Said>(
  script: string,
  nodeArgs: readonly string[] = [],
  given: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...nodeArgs, script, ...given], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => {}) // it may have ended
  const words: W[] = []
  const more = new EventEmitter().setMaxListeners(0)
  const over = new AbortController()
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    words.push(JSON.parse(line) as W)
    more.emit('more')
  })
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(([[code]]) => {
    over.abort()
    more.emit('more')
    return code as number | null
  })
  let read = 0

  const until = async <T extends W>(isIt: (word: W) => word is T, from = 0): Promise<T> => {
    for (;;) {
      const word = words.slice(from).find(isIt)
      if (word !== undefined) return word
      if (over.signal.aborted)
        throw new Error(`The process ended and had said ${JSON.stringify(words.at(-1))}`)
      await once(more, 'more')
    }
  }
  return {
    /** Everything that it has said so far. */
    words,
    /** Resolves with its exit code; null where it was killed. */
    ended,
    /** Resolves with the first word, from the `from`th on, that is said or has been; rejects where it ends without. */
    until,
    heard: <S extends W['said']>(said: S, from = 0) =>
      until((word): word is Extract<W, { said: S }> => word.said === said, from),
    /** The next word that this has not given yet; null once it has ended. */
    async next(): Promise<W | null> {
      while (words.length <= read && !over.signal.aborted) await once(more, 'more')
      return words[read++] ?? null
    },
    tell: (order: unknown) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    /** SIGSTOP holds it up, SIGCONT lets it go on. */
    send: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Ends it at once, as a power cut does. Gives the code with which it had ended by itself; null where it had not. */
    async kill(): Promise<number | null> {
      child.kill('SIGKILL')
      return ended
    },
    /** Lets it end in good order. Gives its exit code. */
    async end(): Promise<number | null> {
      child.stdin.end()
      return ended
    },
  }
}

/** As `startChild`; it is killed when the test ends. Resolves when it is ready. */
export async function startTestChild<W extends Said>(script: string): Promise<Child<W>> {
  const child = startChild<W>(script)
  onTestFinished(() => child.send('SIGKILL'))
  await child.heard('ready')
  return child
}
