import { mkdirSync } from 'node:fs'
import { pino } from 'pino'
import { workspaceStore } from '../../src-main/config/store-config.ts'
import { machineClock, type Clock } from '../../src-main/runtime/clock.ts'
import { openSqliteStore } from '../../src-main/store/sqlite/store.ts'
import { createAccessBook, sourceOf, type AccessBook } from '../../src-main/tokens/access-book.ts'
import { createTokens, type Tokens } from '../../src-main/tokens/tokens.ts'
import type { Store } from '../../src-main/store/store.ts'

export interface OpenTokens {
  readonly tokens: Tokens
  readonly book: AccessBook
  readonly store: Store
  readonly close: () => Promise<void>
}

type TokensParts = Partial<Omit<Parameters<typeof createTokens>[0], 'book' | 'clock'>> & {
  readonly clock?: Pick<Clock, 'now'>
}

/** The tokens of a data folder whose store is its own file, as each process has them: by a connection of its own. */
export async function openTokens(dataDir: string, parts: TokensParts = {}): Promise<OpenTokens> {
  mkdirSync(dataDir, { recursive: true })
  const { log = pino({ level: 'silent' }), clock = machineClock } = parts
  const store = await openSqliteStore({
    file: workspaceStore(dataDir).file,
    clock: { ...machineClock, now: () => clock.now() },
  })
  const book = createAccessBook({ source: sourceOf(store), dataDir, log })
  await book.look()
  return {
    tokens: createTokens({ log, ...parts, book }),
    book,
    store,
    async close() {
      book.close()
      await store.close()
    },
  }
}
