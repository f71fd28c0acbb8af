import { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { exchange, ExchangeFailure } from './exchange.ts'

const never = new AbortController().signal
const POST = {
  origin: 'http://jira.test',
  path: '/rest/api/3/issue',
  method: 'POST',
  headers: {},
  body: '{}',
  firstByteMs: 1_000,
  maxBytes: 1_000,
}

/** A dispatcher that takes a request to be unanswered as soon as it is written, and would write it anew. */
class Eager extends Dispatcher {
  written = 0

  override dispatch(_options: unknown, handler: Dispatcher.DispatchHandler): boolean {
    for (let tries = 0; tries < 3; tries++) {
      let given: Error | null = null
      const abort = (reason: Error): void => void (given = reason)
      const controller = { abort, aborted: false, paused: false, reason: null, pause() {}, resume() {} }
      handler.onRequestStart?.(controller, {})
      if (given !== null) {
        handler.onResponseError?.(controller, given)
        return true
      }
      this.written++
    }
    return true
  }
}

test('a request is written once, and may have arrived, whatever is done when its connection breaks', async () => {
  const dispatcher = new Eager()
  let asked = 0
  const mayLeave = (): boolean => ++asked > 0
  const failure = await exchange(dispatcher, { ...POST, mayLeave }, never).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ExchangeFailure)
  expect(failure).toMatchObject({ sent: true })
  expect([dispatcher.written, asked]).toEqual([1, 1])
})
