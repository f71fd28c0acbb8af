import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Log } from '../runtime/log.ts'
import { limit } from '../runtime/async.ts'
import type { ReceiptBook } from '../store/receipts/receipts.ts'

/** Stores that were written to last. */
const MAX_STORES = 50

const Book = Type.Object({ workspace: Type.String(), last: Type.Record(Type.String(), Type.Number()) })
type Book = Static<typeof Book>

/**
 * What this workspace wrote to stores, in a file of its folder: by it a store is told from a backup of itself. Where the file is
 * gone or spoilt it begins anew, and nothing is told of what was before.
 */
export function openReceiptBook(dataDir: string, log: Pick<Log, 'info'> | null): ReceiptBook {
  const file = path.join(dataDir, 'stores.json')
  const { workspace, ...first } = read(file) ?? { workspace: randomUUID(), last: {} }
  const inTurn = limit(1)
  let { last } = first
  let isKept = true
  const write = async (): Promise<void> => {
    const draft = `${file}.${process.pid}`
    try {
      await writeFile(draft, `${JSON.stringify({ workspace, last }, null, 2)}\n`, { mode: 0o600 })
      await rename(draft, file) // another process reads the whole of it, or the former
      isKept = true
    } catch (err) {
      if (isKept) log?.info({ err }, 'what was written to the store cannot be noted')
      isKept = false
    }
  }
  return {
    workspace,
    last: (storeId) => last[storeId] ?? 0,
    keep: (storeId, number) =>
      inTurn(async () => {
        // Another process of the workspace may have written a greater one.
        const { [storeId]: former = 0, ...others } = { ...last, ...read(file)?.last }
        const entries = [...Object.entries(others), [storeId, Math.max(former, number)] as const]
        last = Object.fromEntries(entries.slice(-MAX_STORES))
        await write()
      }),
  }
}

function read(file: string): Book | null {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Check(Book, content) ? content : null
  } catch {
    return null // not there, or spoilt
  }
}
