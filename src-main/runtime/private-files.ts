import { chmod } from 'node:fs/promises'

/** What the person's shell keeps from others; null: nothing was changed about it. */
let personsMask: number | null = null

/** First in each entry: whatever this process makes is its owner's alone, as databases, logs and keys beside them are. */
export function keepFilesPrivate(): void {
  personsMask = process.umask(0o077)
}

/** For a new file that a person asked for by its name: it is for them to share, as their shell makes files. */
export async function shareAsAsked(file: string): Promise<void> {
  if (personsMask !== null) await chmod(file, 0o666 & ~personsMask)
}
