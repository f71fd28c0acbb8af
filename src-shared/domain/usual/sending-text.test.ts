import { expect, test } from 'vitest'
import type { AlertSending } from '../../contract/alerts/alerts.ts'
import { sendingTexts, sentSummary } from './sending-text.ts'

const AT = Date.UTC(2026, 0, 1, 14, 2)
const SENT: AlertSending = {
  output: 'On call',
  kind: 'webhook',
  state: 'sent',
  queuedMs: AT + 3_000,
  sentMs: AT + 4_200,
  times: 1,
  failures: 0,
  unrecorded: 0,
  answer: 'HTTP 200',
  answeredMs: AT + 4_200,
}

function told(parts: Partial<AlertSending>): string {
  const [text = ''] = sendingTexts({ atMs: AT, sent: true, sendings: [{ ...SENT, ...parts }] }, (ms) =>
    new Date(ms).toISOString().slice(11, 19),
  )
  return text
}

test('what was sent says when, how long after the alert, and what came of it', () => {
  expect(told({})).toBe('sent to On call (webhook) at 14:02:04, after 1.2 s: HTTP 200')
  expect(told({ sentMs: AT + 3_000 })).toBe('sent to On call (webhook) at 14:02:03, at once: HTTP 200')
  expect(told({ sentMs: AT + 3_050 })).toContain('at 14:02:03, after 0.1 s: HTTP 200')
  expect(told({ sentMs: AT + 903_000 })).toContain('at 14:17:03, after 15 min: HTTP 200')
  expect(told({ kind: 'alertmanager', times: 3 })).toBe(
    'sent to On call (alertmanager) at 14:02:04, after 1.2 s: HTTP 200; told again 2 times',
  )
  expect(told({ kind: 'alertmanager', times: 2, failures: 1, answer: 'HTTP 500' })).toBe(
    'sent to On call (alertmanager) at 14:02:04, after 1.2 s; told again once; then failed once: HTTP 500',
  )
  expect(told({ unrecorded: 1 })).toMatch(
    /; tried once more without an answer that was recorded, under the same key$/,
  )
})

test('of a site whose clock is another one, as a sandbox’s that hurried, it is said when by that', () => {
  const later = 3 * 3_600_000
  expect(told({ queuedMs: AT + later, sentMs: AT + later + 65_000 })).toContain('at 14:03:05, after 65 s')
})

test.each([
  [
    { state: 'retrying', failures: 3, answer: 'HTTP 500' },
    'not sent to On call (webhook) yet, tried again: HTTP 500; failed 3 times',
  ],
  [
    { state: 'given-up', failures: 300, answer: 'It did not answer within 10 s.' },
    'not sent to On call (webhook), given up after a day: It did not answer within 10 s; failed 300 times',
  ],
  [{ state: 'no-holder', answer: null }, 'waits for a program that has the secret of On call (webhook)'],
  [{ state: 'queued', answer: null }, 'waits to be sent to On call (webhook)'],
  [{ state: 'sending', answer: null }, 'is being sent to On call (webhook)'],
  [{ state: 'dropped', answer: null }, 'not sent to On call (webhook), which was removed before'],
] as const)('%o: %s', (parts, said) => {
  expect(told({ sentMs: null, times: 0, ...parts })).toBe(said)
})

test('that nothing was sent says why', () => {
  expect(sendingTexts({ atMs: AT, sent: false, sendings: [] }, String)).toEqual([
    'not sent: the rule was silenced',
  ])
  expect(sendingTexts({ atMs: AT, sent: true, sendings: [] }, String)).toEqual([
    'sent to no output: there was none',
  ])
})

type Alerts = Parameters<typeof sentSummary>[0]

/** An alert with these transitions. */
function alert(...transitions: object[]): Alerts[number] {
  return { transitions: transitions as Alerts[number]['transitions'] }
}

function transition(...states: AlertSending['state'][]) {
  return { sendings: states.map((state) => ({ ...SENT, state })) }
}

test('in a line it is how many messages there were, and what became of them', () => {
  expect(sentSummary([])).toBe('no alerts')
  expect(sentSummary([alert(transition('sent'))])).toBe('1 alert; 1 message sent')
  expect(
    sentSummary([
      alert(transition('sent', 'given-up'), transition('sent')),
      alert(transition('no-holder', 'dropped')),
    ]),
  ).toBe('2 alerts; 2 messages sent, 2 not, 1 waiting')
})
