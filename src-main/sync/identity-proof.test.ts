import { expect, test } from 'vitest'
import { createIdentityProof } from './trusted-jira.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'

const never = new AbortController().signal
const HOUR = 3_600_000

test('who we are is asked for at first, hourly, and after a doubt', async () => {
  let asked = 0
  const identity = async () => ({ accountId: `asked ${++asked}`, displayName: 'Ada', timeZone: 'UTC' })
  const clock = createHandClock()
  const proof = createIdentityProof({ identity }, clock)
  expect(proof.accountId()).toBeNull()
  await proof.prove(never)
  clock.jump(HOUR - 1)
  await proof.prove(never)
  expect(asked).toBe(1)
  await proof.prove(never, 60_000)
  expect(asked).toBe(2)
  clock.jump(HOUR)
  await proof.prove(never)
  expect(asked).toBe(3)
  proof.forget()
  await proof.prove(never)
  expect(proof.accountId()).toBe('asked 4')
})

test('and where a clock that was set back leaves the age of the proof unknown', async () => {
  let asked = 0
  const identity = async () => ({ accountId: `asked ${++asked}`, displayName: 'Ada', timeZone: 'UTC' })
  const clock = createHandClock()
  const proof = createIdentityProof({ identity }, clock)
  await proof.prove(never)
  clock.setBack(24 * HOUR)
  await proof.prove(never)
  await proof.prove(never)
  expect(asked).toBe(2)
})

test('a refusal is no proof', async () => {
  let known = true
  const identity = async () => {
    if (!known) throw new Error('401')
    return { accountId: 'a', displayName: 'Ada', timeZone: 'UTC' }
  }
  const proof = createIdentityProof({ identity }, createHandClock())
  await proof.prove(never)
  known = false
  await expect(proof.proveAgain(never)).rejects.toThrow('401')
  await expect(proof.prove(never)).rejects.toThrow('401')
})
