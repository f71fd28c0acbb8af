import { publicPort } from './own-names.ts'
import { expect, onTestFinished, test } from 'vitest'
import { createTokenWorkspace } from '../../test-support/tokens/workspace.ts'
import type { Caller } from './auth.ts'
import { createSessions } from './sessions.ts'

const DAY_MS = 24 * 3_600_000

/** Browsers at two servers of one store, and what each recorded as ended. */
async function twoServers() {
  const space = createTokenWorkspace()
  const clock = { ranMs: 0, now: () => space.clock.ms, elapsedMs: () => clock.ranMs }
  const server = async () => {
    const { tokens, book } = await space.open()
    const ended: string[] = []
    const onEnd = ({ id }: Caller): void => void ended.push(id)
    const sessions = createSessions({ tokens, clock, onEnd })
    onTestFinished(() => book.close())
    return { ...sessions, tokens, ended }
  }
  const [here, there] = [await server(), await server()]
  const begin = async (): Promise<{ secret: string; caller: Caller; link: string }> => {
    const { code, record } = await here.tokens.createLink({ scope: 'read', ttlMs: DAY_MS })
    const opened = await here.tokens.openLink(code)
    if (opened === null || opened.session === null) throw new Error('the link is new')
    return { secret: opened.secret, caller: here.callerOf(opened.session), link: record.id }
  }
  /** The clocks of both go on, or one is set back. */
  const pass = (ms: number, backMs = 0): void => {
    space.clock.ms += ms - backMs
    clock.ranMs += ms
  }
  return { here, there, begin, pass }
}

test('a browser that signed in at one server is known at the other, until it signs out there', async () => {
  const { here, there, begin } = await twoServers()
  const { secret, caller } = await begin()
  expect(here.find(secret)).toBe(caller)
  await there.tokens.look()
  const known = there.find(secret)
  expect(known).toEqual(caller)
  expect(there.find(secret)).toBe(known) // a request makes none
  if (known !== null) await there.end(known)
  expect(there.find(secret)).toBeNull()
  await here.tokens.look()
  expect([here.find(secret), here.isLive(caller)]).toEqual([null, false])
  await here.sweep()
  expect([here.ended, there.ended]).toEqual([[], [caller.id]])
})

test('that sessions have ended is recorded once over all servers, also of those that nobody uses any more', async () => {
  const { here, there, begin, pass } = await twoServers()
  const [unused, revoked] = [await begin(), await begin()]
  await there.tokens.revoke(revoked.link)
  await here.tokens.look()
  expect(here.find(revoked.secret)).toBeNull()
  expect(here.find(unused.secret)).toBe(unused.caller)
  await Promise.all([here.sweep(), there.sweep(), here.sweep()])
  expect([...here.ended, ...there.ended]).toEqual([revoked.caller.id])
  pass(DAY_MS)
  expect(here.find(unused.secret)).toBeNull()
  await Promise.all([here.sweep(), there.sweep(), here.sweep()])
  expect([...here.ended, ...there.ended].toSorted()).toEqual([revoked.caller.id, unused.caller.id].toSorted())
})

test('a clock that is set back prolongs no session', async () => {
  const { here, begin, pass } = await twoServers()
  const { secret } = await begin()
  pass(DAY_MS - 1, 3_600_000)
  expect(here.find(secret)).not.toBeNull()
  pass(1)
  expect(here.find(secret)).toBeNull()
})

test('behind a proxy the cookie is named by the port that browsers know, which is that of all its servers', () => {
  expect(publicPort('https://tpm.example.com')).toBe(443)
  expect(publicPort('http://localhost:9000')).toBe(9_000)
  expect(publicPort(null)).toBeNull()
})
