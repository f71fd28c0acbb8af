import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'

/** What the person's shell keeps from others; null: nothing was changed about it. */
let personsMask: number | null = null

/** First in each entry: what this process makes is its owner's alone, like the databases, logs and keys next to it. */
export function keepFilesPrivate(): void {
  personsMask = process.umask(0o077)
}

/** For a new file that a person asked for by its name: it is for them to share, as their shell makes files. */
export async function shareAsAsked(file: string): Promise<void> {
  if (personsMask !== null) await chmod(file, 0o666 & ~personsMask)
}

/**
 * Writes a file of JSON that is its owner's alone: a reader gets the old one or the new one, never half of it.
 * `prepare` does what is to be done to the new one before. Throws what the file system says; then the old one is there.
 */
export function replaceJson(file: string, content: unknown, prepare?: (draft: string) => void): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
    prepare?.(draft)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
