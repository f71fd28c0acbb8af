import { pino } from 'pino'
import type { Scope } from '../../src-shared/contract/schema.ts'
import type { Store } from '../../src-main/store/store.ts'
import { createAccessBook, sourceOf } from '../../src-main/tokens/access-book.ts'
import { createTokens, type Tokens } from '../../src-main/tokens/tokens.ts'
import { createMemoryKeychain } from '../secrets/secrets.ts'
import { openTokens } from './open-tokens.ts'

/** Tokens of the scope read, the first of another one where that is given, as `jira-tpm token create` makes them; no keychain is asked. */
export async function makeTokens(dataDir: string, count: number, first: Scope = 'read'): Promise<string[]> {
  const { tokens, close } = await openTokens(dataDir, { keychain: createMemoryKeychain() })
  const made = await makeMany(tokens, count, first)
  await close()
  return made
}

/** As `makeTokens`, in a store that the workspace shares with others. */
export async function makeTokensIn(
  store: Store,
  dataDir: string,
  count: number,
  first: Scope,
): Promise<string[]> {
  const log = pino({ level: 'silent' })
  const book = createAccessBook({ source: sourceOf(store), dataDir, log })
  await book.look()
  const made = await makeMany(createTokens({ book, log, keychain: createMemoryKeychain() }), count, first)
  book.close()
  return made
}

async function makeMany(tokens: Tokens, count: number, first: Scope): Promise<string[]> {
  const { signal } = new AbortController()
  const made: string[] = []
  for (let n = 0; n < count; n++) {
    const wish = { scope: n === 0 ? first : 'read', ttlMs: 3_600_000, name: `viewer ${n}` } as const
    made.push((await tokens.create(wish, signal)).token)
  }
  return made
}
