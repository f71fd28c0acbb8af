import { expect, test } from 'vitest'
import { createSessions, MAX_SESSIONS } from './auth.ts'

const grant = { scope: 'read', untilMs: Infinity, linkId: 'link' } as const

test('of more sessions than so many the oldest ends, and no other', () => {
  const sessions = createSessions({ now: () => 0 }, () => true)
  const begun = Array.from({ length: MAX_SESSIONS }, () => sessions.begin(grant))
  const [first, second] = begun
  expect(sessions.find(first?.secret ?? '')).toBe(first?.caller)
  const last = sessions.begin(grant)
  expect(sessions.find(first?.secret ?? '')).toBeNull()
  expect(sessions.isLive(first?.caller.id ?? '')).toBe(false)
  for (const each of [second, begun.at(-1), last])
    expect(sessions.find(each?.secret ?? '')).toBe(each?.caller)
})

test('no session lasts longer than what its link gives', () => {
  let nowMs = 0
  const sessions = createSessions({ now: () => nowMs }, () => true)
  const { secret, caller } = sessions.begin({ ...grant, untilMs: 1_000 })
  expect(caller.expiresMs).toBe(1_000)
  nowMs = 1_000
  expect(sessions.find(secret)).toBeNull()
})

test('that a session has ended is reported once, also of one that nobody uses any more', () => {
  let nowMs = 0
  const ended: string[] = []
  const sessions = createSessions(
    { now: () => nowMs },
    () => true,
    ({ id }) => ended.push(id),
  )
  const [short, signedOut, last] = [1_000, 9_000, 9_000].map((untilMs) =>
    sessions.begin({ ...grant, untilMs }),
  )
  sessions.end(signedOut?.caller.id ?? '')
  nowMs = 1_000
  sessions.sweep()
  sessions.sweep()
  expect(ended).toEqual([signedOut?.caller.id, short?.caller.id])
  sessions.endAll()
  expect(ended.at(-1)).toBe(last?.caller.id)
})

test('a clock that is set back prolongs no session', () => {
  const clock = { nowMs: 1_000_000, ranMs: 0, now: () => clock.nowMs, elapsedMs: () => clock.ranMs }
  const sessions = createSessions(clock, () => true)
  const { secret } = sessions.begin({ ...grant, untilMs: clock.nowMs + 60_000 })
  clock.nowMs -= 500_000
  clock.ranMs += 59_999
  expect(sessions.find(secret)).not.toBeNull()
  clock.ranMs += 1
  expect(sessions.find(secret)).toBeNull()
})
