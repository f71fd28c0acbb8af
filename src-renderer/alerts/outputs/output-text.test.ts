import { expect, test } from 'vitest'
import type { OutputDelivery } from '../../../src-shared/contract/alerts/outputs.ts'
import { deliveryTexts, isFailing } from './output-text.ts'

const IDLE: OutputDelivery = {
  state: 'idle',
  waiting: 0,
  givenUp: 0,
  nextTryMs: null,
  lastSentMs: null,
  last: null,
}
const moment = (ms: number): string => `at ${ms}`

test.each<[Partial<OutputDelivery>, string, boolean]>([
  [{}, 'Nothing was sent to it yet.', false],
  [{ last: { atMs: 5, taken: true, answer: 'HTTP 200' } }, 'Last sent at 5: taken (HTTP 200).', false],
  [
    {
      state: 'retrying',
      waiting: 2,
      nextTryMs: 9,
      lastSentMs: 1,
      last: { atMs: 5, taken: false, answer: 'It could not be reached.' },
    },
    '2 messages wait; the next try is at 9. The last try, at 5, failed: It could not be reached. It last took an alert at 1.',
    true,
  ],
  [
    { state: 'no-holder', waiting: 1 },
    '1 message waits for a program that has its secret. Nothing was sent to it yet.',
    true,
  ],
  [
    { state: 'queued', waiting: 1, givenUp: 3 },
    '1 message waits to be sent. Nothing was sent to it yet. 3 messages were given up after a day.',
    false,
  ],
])('%j', (part, text, failing) => {
  expect(deliveryTexts({ ...IDLE, ...part }, moment).join(' ')).toBe(text)
  expect(isFailing({ ...IDLE, ...part })).toBe(failing)
})
