import { emitKeypressEvents } from 'node:readline'
import type { CliIo } from '../io.ts'
import { terminalKind } from '../terminal-kind.ts'

/** A key as Node names it: `escape`, `return`, `p`. */
interface Key {
  readonly name?: string
  readonly ctrl?: boolean
}

/** So long (ms) after Escape nothing may come that makes another key of it. */
const ESCAPE_MS = 50

/**
 * Hears Ctrl-C as what it is while the terminal is read key by key, where it sends no signal: the work ends. Until the
 * returned function is called.
 */
export function hearInterrupts(io: CliIo): () => void {
  const { stdin } = io
  const onKey = (_text: string | undefined, key: Key | undefined): void => {
    // A question that is on the screen hears it first, and leaves it as it should be.
    if (key?.ctrl === true && key.name === 'c') process.nextTick(() => io.interrupt())
  }
  // The first to ask says how long Escape is waited for.
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_MS } as never)
  stdin.on('keypress', onKey)
  return () => void stdin.off('keypress', onKey)
}

/** Reads single keys while nothing is asked, until the returned function is called. */
export function readKeys({ stdin }: Pick<CliIo, 'stdin'>, onKey: (name: string) => void): () => void {
  const hear = (_text: string | undefined, key: Key | undefined): void => {
    if (key?.ctrl !== true && key?.name !== undefined) onKey(key.name)
  }
  const terminal = stdin as Partial<typeof process.stdin>
  stdin.on('keypress', hear)
  terminal.setRawMode?.(true)
  stdin.resume()
  return () => {
    stdin.off('keypress', hear)
    terminal.setRawMode?.(false)
    stdin.pause()
  }
}

/** Waits until the person has seen what is on the screen, and presses a key; or until Ctrl-C. */
export async function seen(io: CliIo): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const { plain } = terminalKind(io.env, process.platform)
  io.stderr.write('\nAny key: menu.')
  const leave = readKeys(io, end)
  io.signal.addEventListener('abort', end, { once: true })
  if (io.signal.aborted) end()
  try {
    await promise
  } finally {
    leave()
    io.signal.removeEventListener('abort', end)
    io.stderr.write(plain ? '\n' : '\r\u001B[K')
  }
}
