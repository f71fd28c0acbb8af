import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

// The other side of `child.ts`.

export const never: AbortSignal = new AbortController().signal

/** At once, whatever becomes of the process. */
export function say(word: object): void {
  writeSync(1, `${JSON.stringify(word)}\n`)
}

/** Says that it is ready, and does what it is told, one after the other, until nothing more can come. */
export async function obey(work: (order: never) => Promise<void>): Promise<void> {
  say({ said: 'ready' })
  for await (const line of createInterface({ input: process.stdin })) await work(JSON.parse(line) as never)
}
