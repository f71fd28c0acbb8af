import Database from 'better-sqlite3'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { workspaceStore } from '../config/store-config.ts'
import { createTokenWorkspace, type TokenWorkspace } from '../../test-support/tokens/workspace.ts'
import { createAccessBook, sourceOf, type AccessSource } from './access-book.ts'
import { createTokens } from './tokens.ts'

const log = pino({ level: 'silent' })
const wish = { scope: 'read', ttlMs: 3_600_000, name: 'ci' } as const

const NOT_OPEN: AccessSource = {
  store: () => null,
  failure: () => ({ what: 'It is away.', hint: '' }),
  settled: async () => {},
  onChange: () => () => {},
}

/** A server whose store is exchanged by a person. */
async function changing(space: TokenWorkspace) {
  const first = await space.open()
  let source: AccessSource = sourceOf(first.store)
  const listeners = new Set<() => void>()
  const book = createAccessBook({
    source: {
      store: () => source.store(),
      failure: () => source.failure(),
      settled: () => source.settled(),
      onChange: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    },
    dataDir: space.dataDir,
    log,
  })
  onTestFinished(() => book.close())
  const { keychain, clock } = space
  return {
    first,
    tokens: createTokens({ book, log, keychain, clock }),
    use: (store: Parameters<typeof sourceOf>[0] | null): void => {
      source = store === null ? NOT_OPEN : sourceOf(store)
      for (const listener of listeners) listener()
    },
  }
}

test('a server that goes over to another store takes along whom it lets in, and back again what was revoked meanwhile', async () => {
  const space = createTokenWorkspace()
  const { first, tokens, use } = await changing(space)
  const [kept, revoked] = [await tokens.create(wish, space.signal), await tokens.create(wish, space.signal)]
  const { code } = await tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
  const opened = await tokens.openLink(code)
  expect(await tokens.verify(kept.token)).not.toBeNull()

  const other = await createTokenWorkspace().open()
  use(other.store)
  await tokens.look()
  expect(tokens.known(kept.token)).not.toBeNull()
  expect(tokens.sessionAt(opened?.session?.digest ?? '')).toEqual(opened?.session)
  expect(await other.tokens.verify(kept.token)).not.toBeNull()
  const next = await tokens.create(wish, space.signal) // by a key that this store has
  expect(await other.tokens.verify(next.token)).not.toBeNull()

  await tokens.revoke(revoked.record.id)
  use(first.store)
  await tokens.look()
  await first.tokens.look()
  expect(await first.tokens.verify(revoked.token)).toBeNull()
  expect(await first.tokens.verify(kept.token)).not.toBeNull()
})

test('a store whose tables were emptied lets nobody in, and is given nobody back', async () => {
  const space = createTokenWorkspace()
  const { first, tokens } = await changing(space)
  const { token } = await tokens.create(wish, space.signal)
  expect(await tokens.verify(token)).not.toBeNull()
  const db = new Database(workspaceStore(space.dataDir).file)
  for (const table of ['access_book', 'access_keys', 'access_tokens']) db.exec(`DELETE FROM ${table}`)
  db.close()
  await tokens.look()
  expect([tokens.known(token), await tokens.verify(token)]).toEqual([null, null])
  expect((await first.store.access()).tokens).toEqual([])
})

test('a link that is held opens once while the store is away; when it comes, link and browser are in it, and are good everywhere', async () => {
  const space = createTokenWorkspace()
  const { first, tokens, use } = await changing(space)
  use(null)
  const held = await tokens.holdLink({ scope: 'admin', ttlMs: 60_000 }, 1_000)
  space.clock.ms += 1
  const unopened = await tokens.holdLink({ scope: 'admin', ttlMs: 60_000 }, 1_000)
  const tries = await Promise.all(Array.from({ length: 5 }, () => tokens.openLink(held.code)))
  const [opened, ...more] = tries.filter((one) => one !== null)
  expect(more).toEqual([])
  const digest = opened?.session?.digest ?? ''
  expect(tokens.sessionAt(digest)).toMatchObject({ scope: 'admin', linkId: held.record.id })
  expect(tokens.isLive(held.record.id)).toBe(true)
  await expect(tokens.create(wish, space.signal)).rejects.toMatchObject({ code: 'store-unavailable' })
  expect((await first.store.access()).tokens).toEqual([])

  const session = tokens.sessionAt(digest)
  use(first.store)
  await expect.poll(async () => (await first.store.access()).tokens.length).toBe(2)
  expect(await tokens.openLink(held.code)).toBeNull()
  expect(tokens.sessionAt(digest)).toBe(session)
  await first.tokens.look()
  expect(first.tokens.sessionAt(digest)).toEqual(session)
  expect(await first.tokens.openLink(held.code)).toBeNull()
  expect(await first.tokens.openLink(unopened.code)).not.toBeNull()
  expect(await tokens.openLink(unopened.code)).toBeNull()
  expect(await first.tokens.list()).toMatchObject([{ id: unopened.record.id }, { id: held.record.id }])
  await first.tokens.revoke(held.record.id)
  await tokens.look()
  expect(tokens.isLive(held.record.id)).toBe(false)
})

test('a link that is held is too old when its time is over, and is brought to no store for longer than the store lacks it', async () => {
  const space = createTokenWorkspace()
  const { first, tokens, use } = await changing(space)
  use(null)
  const late = await tokens.holdLink({ scope: 'admin', ttlMs: 60_000 }, 1_000)
  space.clock.ms += 60_000
  expect(await tokens.openLink(late.code)).toBeNull()
  use(first.store)
  await tokens.look()
  const { revision } = await first.store.access()
  await tokens.look()
  expect((await first.store.access()).revision).toBe(revision)
})
