import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { answerHead } from './answer.ts'
import { brokenConnection, limited, notAuthenticated, serverTrouble } from './errors.ts'
import { createAuthGate } from './auth-gate.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { CREATE_REPEATS, READ_REPEATS } from './retry.ts'
import { createSend } from './link.ts'
import { createJumpClock, createStepClock } from '../../test-support/jira/jira.ts'
import type { HttpAnswer, Transport } from './transport.ts'

const never = new AbortController().signal
const GET = { method: 'GET', path: '/rest/api/3/myself' }
const READ = { repeats: READ_REPEATS, signal: never }
const ANSWER: HttpAnswer = { data: {}, siteMs: 0, accountId: null, tookMs: 0 }

/** A transport that fails with each error in turn, then answers. */
function failing(errors: readonly Error[]): { transport: Transport; sent: () => number } {
  let sent = 0
  return {
    sent: () => sent,
    transport: async () => {
      const error = errors[sent++]
      if (error !== undefined) throw error
      return ANSWER
    },
  }
}

function sendOver(transport: Transport, clock = createJumpClock()) {
  const gate = createAuthGate(clock)
  return {
    gate,
    clock,
    send: createSend({ transport, gate, clock, limiter: createRateLimiter({ clock, host: 'x' }) }),
  }
}

const refused = notAuthenticated('jira.test', 'did not accept the token')
const UNSENT = { code: 'not-authenticated', failure: 'unsent', message: refused.message, hint: refused.hint }

test('after a failed log-in nothing is sent until the person acts', async () => {
  const { transport, sent } = failing([refused])
  const { send, gate } = sendOver(transport)
  await expect(send(GET, READ)).rejects.toBe(refused)
  await expect(send(GET, READ)).rejects.toMatchObject(UNSENT)
  await expect(send({ method: 'POST', path: '/rest/api/3/issue' }, READ)).rejects.toMatchObject(UNSENT)
  expect(sent()).toBe(1)
  gate.reset()
  await expect(send(GET, READ)).resolves.toBe(ANSWER)
})

test('a call that waits to be repeated is not sent once another’s log-in has failed', async () => {
  const clock = createStepClock()
  const gate = createAuthGate(clock)
  const { transport, sent } = failing([serverTrouble('jira.test', 503, null)])
  const send = createSend({ transport, gate, clock, limiter: createRateLimiter({ clock, host: 'x' }) })
  const call = send(GET, READ)
  call.catch(() => {})
  await setImmediate()
  expect(sent()).toBe(1)
  gate.failed(refused, gate.pass())
  await clock.run()
  await expect(call).rejects.toMatchObject(UNSENT)
  expect(sent()).toBe(1)
})

function startLimited() {
  const clock = createStepClock()
  const gate = createAuthGate(clock)
  const limiter = createRateLimiter({ clock, host: 'x' })
  limiter.onAnswer(GET, answerHead(429, { 'retry-after': '60' }))
  const { transport, sent } = failing([])
  return { clock, gate, sent, send: createSend({ transport, gate, clock, limiter }) }
}

describe('a call that is kept back by a limit', () => {
  test('is not sent once another’s log-in has failed', async () => {
    const { clock, gate, sent, send } = startLimited()
    const call = send(GET, READ)
    call.catch(() => {})
    await setImmediate()
    gate.failed(refused, gate.pass())
    await clock.run()
    await expect(call).rejects.toMatchObject(UNSENT)
    expect(sent()).toBe(0)
  })

  test('does not even wait where that had failed before', async () => {
    const { gate, send } = startLimited()
    gate.failed(refused, gate.pass())
    await expect(send(GET, READ)).rejects.toMatchObject(UNSENT)
  })
})

test('a create is sent again after a 429, never after a break', async () => {
  const repeated = failing([limited('jira.test', null, 1_000)])
  const create = { repeats: CREATE_REPEATS, signal: never }
  await sendOver(repeated.transport).send(GET, create)
  expect(repeated.sent()).toBe(2)
  const broken = failing([brokenConnection('jira.test')])
  await expect(sendOver(broken.transport).send(GET, create)).rejects.toMatchObject({ failure: 'reset' })
  expect(broken.sent()).toBe(1)
})
