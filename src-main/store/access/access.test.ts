import { describe, expect, test, vi } from 'vitest'
import { storeForEach } from '../../../test-support/store/store.ts'
import { MAX_SESSIONS, MAX_TOKENS } from './access.ts'
import { NO_SITE } from './change.ts'
import { NEVER_USED, type AccessKey, type SessionRecord, type TokenRecord } from './records.ts'

const opened = storeForEach()

const now = Date.now()
const DAY_MS = 24 * 3_600_000
const key: AccessKey = { kid: 'k1', audience: 'ours', x: 'x1', createdMs: now, retiredMs: null }
const link: TokenRecord = {
  ...NEVER_USED,
  id: 'l1',
  kid: null,
  sha256: null,
  link: { digest: 'code 1', untilMs: now + 60_000, spentMs: null },
  scope: 'run',
  name: 'Übung "\'☃',
  createdMs: now,
  expiresMs: now + DAY_MS,
  revokedMs: null,
  changedIn: 'here',
}
const token: TokenRecord = { ...link, id: 't1', kid: 'k1', sha256: 'sha', link: null }
const begun = (n: number, createdMs = now): Omit<SessionRecord, 'linkId' | 'scope'> => ({
  id: `s${n}`,
  digest: `cookie ${n}`,
  createdMs,
  expiresMs: createdMs + DAY_MS,
})

test('nothing was made yet: nobody has an audience', async () => {
  const { store } = opened()
  expect(await store.accessState()).toBeNull()
  expect(await store.access()).toEqual({ audience: '', revision: 0, keys: [], tokens: [], sessions: [] })
  expect(await store.revokeToken({ id: 't1', nowMs: now, changedIn: '' })).toBeNull()
  expect(await store.openLink('code', begun(1))).toBeNull()
  expect(await store.endSessions(['s1'])).toEqual([])
  expect(await store.accessState()).toBeNull()
})

test('what is made is there for every instance as it was given, and each is notified', async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  other.onCommit(NO_SITE, ['access'], heard)
  expect(await store.addAccessKey(key)).toBe('ours')
  expect(await store.addAccessKey({ ...key, kid: 'k2', audience: 'a late one' })).toBe('ours')
  await store.addToken(token, '')
  await store.addToken(token, '') // who got no answer
  await store.addToken(link, '')
  expect(await other.access()).toEqual({
    audience: 'ours',
    revision: expect.any(Number) as number,
    keys: expect.arrayContaining([key, { ...key, kid: 'k2' }]) as AccessKey[],
    tokens: [token, link], // in the order in which they were made
    sessions: [],
  })
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  expect(await other.accessState()).toEqual({ audience: 'ours', revision: 5 })
})

test('no token of a key that signs no more', async () => {
  const { store } = opened()
  await store.addAccessKey(key)
  await store.addToken(token, '')
  await store.retireAccessKey('k1', now)
  await expect(store.addToken({ ...token, id: 't2' }, '')).rejects.toMatchObject({ code: 'busy' })
  expect((await store.access()).keys).toEqual([{ ...key, retiredMs: now }]) // its token is checked by it
})

test('no more than so many, whoever makes them; the expired go, and with them their key', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.addAccessKey(key)
  const many = Array.from({ length: MAX_TOKENS - 1 }, (_, n) => ({ ...link, id: `many ${n}` }))
  await store.takeAccess({ audience: '', keys: [], tokens: many, sessions: [] })
  const both = await Promise.allSettled([store.addToken(token, ''), other.addToken(link, '')])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await expect(store.addToken({ ...link, id: 'l9' }, '')).rejects.toMatchObject({ code: 'busy' })
  await opened().rows(`UPDATE access_tokens SET expires_ms = ${now - 1_000}`)
  await store.retireAccessKey('k1', now)
  await store.addToken({ ...link, id: 'l9' }, '')
  expect(await store.access()).toMatchObject({ tokens: [{ id: 'l9' }], keys: [] })
})

describe('a link', () => {
  test('is opened once, of twenty at once over two instances', async () => {
    const { store, again } = opened()
    const other = await again()
    await store.addToken(link, 'ours')
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : other).openLink('code 1', begun(n))),
    )
    const [won, ...more] = tries.filter((each) => each !== null)
    expect(more).toEqual([])
    expect(won).toEqual({ link: { ...link, link: { ...link.link, spentMs: now } }, ended: [] })
    const winner = tries.findIndex((each) => each !== null)
    const session = { ...begun(winner), linkId: 'l1', scope: 'run' }
    expect((await other.access()).sessions).toEqual([session])
    // Who got no answer is told the same; anybody else nothing.
    expect(await store.openLink('code 1', begun(winner))).toEqual(won)
    expect(await store.openLink('code 1', begun(99))).toBeNull()
    expect((await other.access()).sessions).toEqual([session])
  })

  test.each([
    ['revoked', { revokedMs: now }],
    ['too old', { link: { digest: 'code 1', untilMs: now, spentMs: null } }],
    ['spent', { link: { digest: 'code 1', untilMs: now + 1, spentMs: now } }],
  ])('that is %s is not opened', async (_what, change) => {
    const { store } = opened()
    await store.takeAccess({ audience: 'ours', keys: [], tokens: [{ ...link, ...change }], sessions: [] })
    expect(await store.openLink('code 1', begun(1))).toBeNull()
    expect((await store.access()).sessions).toEqual([])
  })

  test('of a screen is opened as often as it is started, and begins no session', async () => {
    const { store } = opened()
    await store.addToken({ ...link, scope: 'display' }, 'ours')
    for (const n of [1, 2]) expect(await store.openLink('code 1', begun(n))).toMatchObject({ ended: [] })
    expect((await store.access()).sessions).toEqual([])
  })

  test('begins no session that lasts longer than it', async () => {
    const { store } = opened()
    await store.addToken({ ...link, expiresMs: now + 60_000 }, 'ours')
    await store.openLink('code 1', begun(1))
    expect((await store.access()).sessions).toMatchObject([{ expiresMs: now + 60_000 }])
  })
})

test('of more sessions than so many the oldest ends, and no other; each is ended once', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.addToken(link, 'ours')
  const sessions = Array.from({ length: MAX_SESSIONS }, (_, n) => {
    const session = begun(n, now + n)
    return { ...session, linkId: 'l1', scope: 'run' as const }
  })
  await store.takeAccess({ audience: '', keys: [], tokens: [], sessions })
  expect((await store.openLink('code 1', begun(MAX_SESSIONS, now + MAX_SESSIONS)))?.ended).toEqual([
    sessions[0],
  ])
  expect((await store.access()).sessions).toHaveLength(MAX_SESSIONS)
  const ended = await Promise.all([store, other].map((each) => each.endSessions(['s0', 's1', 's2'])))
  expect(
    ended
      .flat()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['s1', 's2'])
})

test('revoked is revoked, once and for all instances; what has expired is not there', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.addToken(link, 'ours')
  const revoked = { ...link, revokedMs: now + 5, changedIn: 'there' }
  expect(await store.revokeToken({ id: 'l1', nowMs: now + 5, changedIn: 'there' })).toEqual(revoked)
  expect(await other.revokeToken({ id: 'l1', nowMs: now + 9, changedIn: 'there' })).toEqual(revoked)
  expect((await other.access()).tokens).toEqual([revoked])
  expect(await store.revokeToken({ id: 'l1', nowMs: now + DAY_MS, changedIn: '' })).toBeNull()
})

test('another key: the former signs no more, or with `revoke` nothing is good that was made before', async () => {
  const { store } = opened()
  await store.addAccessKey(key)
  await store.addAccessKey({ ...key, kid: 'another workspace’s' })
  await store.addToken(token, '')
  const next = { ...key, kid: 'k2' }
  const given = { key: next, former: 'k1', nowMs: now + 1, changedIn: 'there' }
  expect(await store.replaceAccessKey({ ...given, revoke: false })).toEqual({
    audience: 'ours',
    revoked: 0,
    formerUntilMs: token.expiresMs,
  })
  const kept = (await store.access()).keys.filter(({ retiredMs }) => retiredMs === null)
  expect(kept.map(({ kid }) => kid).toSorted()).toEqual(['another workspace’s', 'k2'])
  const last = { ...key, kid: 'k3' }
  const revoking = { ...given, key: last, former: 'k2', revoke: true }
  expect(await store.replaceAccessKey(revoking)).toEqual({
    audience: 'ours',
    revoked: 1,
    formerUntilMs: null,
  })
  expect(await store.access()).toMatchObject({
    keys: [last],
    tokens: [{ ...token, revokedMs: now + 1, changedIn: 'there' }],
  })
})

test('what is taken over once more changes nothing, and brings nothing back that ended', async () => {
  const { store } = opened()
  const theirs = { audience: 'theirs', keys: [key], tokens: [token, link], sessions: [] }
  expect(await store.takeAccess(theirs)).toBe('theirs')
  await store.revokeToken({ id: 't1', nowMs: now, changedIn: 'here' })
  await store.openLink('code 1', begun(1))
  const before = await store.access()
  expect(await store.takeAccess(theirs)).toBe('theirs')
  expect(await store.access()).toEqual({ ...before, revision: before.revision + 1 })
  // What was revoked elsewhere is revoked here.
  await store.takeAccess({ ...theirs, tokens: [{ ...link, revokedMs: now }] })
  expect((await store.access()).tokens.map(({ revokedMs }) => revokedMs)).toEqual([now, now])
})
