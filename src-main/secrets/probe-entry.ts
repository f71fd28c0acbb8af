import { randomUUID } from 'node:crypto'
import type { AsyncEntry } from 'keytar'

export type Entry = Pick<AsyncEntry, 'setPassword' | 'getPassword' | 'deletePassword'>

/** Writes, reads and deletes: some keychains take everything and give nothing back. Throws what it says, or that. */
export async function probeEntry(entry: Entry): Promise<void> {
  const written = randomUUID()
  await entry.setPassword(written)
  const read = await entry.getPassword()
  const deleted = await entry.deletePassword()
  if (read !== written || !deleted) throw new Error('it does not give back what was put into it')
}
