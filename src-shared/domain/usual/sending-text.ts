import type { AlertEntry, AlertSending } from '../../contract/alerts/alerts.ts'
import { MS_PER_MINUTE } from '../minute.ts'
import { durationText } from '../text/sentences.ts'

type Transition = Pick<AlertEntry['transitions'][number], 'atMs' | 'sent' | 'sendings'>

/**
 * What became of a transition's message at each output: `sent to On call (webhook) at 14:02, after 1.2 s: HTTP 200`. `at` writes a
 * time (epoch ms) of the site.
 */
export function sendingTexts({ atMs, sent, sendings }: Transition, at: (ms: number) => string): string[] {
  if (!sent) return ['not sent: the rule was silenced']
  if (sendings.length === 0) return ['sent to no output: there was none']
  return sendings.map((sending) => sendingText(sending, at(siteSentMs(atMs, sending))))
}

/** The store's clock and the site's may differ, as a sandbox's does, which hurries: then by how long after the alert it was. */
function siteSentMs(atMs: number, { queuedMs, sentMs }: AlertSending): number {
  const isOneClock = Math.abs(queuedMs - atMs) < 2 * MS_PER_MINUTE
  return (isOneClock ? queuedMs : atMs) + (sentMs ?? queuedMs) - queuedMs
}

function sendingText(sending: AlertSending, at: string): string {
  const { output, kind, times, failures, unrecorded } = sending
  const answer = sending.answer === null ? '' : `: ${sending.answer.replace(/\.$/, '')}`
  const failed = failures === 0 ? '' : `failed ${timesText(failures)}`
  const before = SAYS[sending.state](`${output} (${kind})`, sending, at)
  const parts = [
    failures > 0 && sending.state === 'sent' ? before : `${before}${answer}`,
    ...(times > 1 ? [`told again ${timesText(times - 1)}`] : []),
    ...(failed === '' ? [] : [sending.state === 'sent' ? `then ${failed}${answer}` : failed]),
    ...(unrecorded === 0
      ? []
      : [`tried ${timesText(unrecorded)} more without an answer that was recorded, under the same key`]),
  ]
  return parts.join('; ')
}

type Says = (output: string, sending: AlertSending, at: string) => string

const SAYS: Readonly<Record<AlertSending['state'], Says>> = {
  sent: (output, { queuedMs, sentMs }, at) =>
    `sent to ${output} at ${at}, ${delayText((sentMs ?? queuedMs) - queuedMs)}`,
  queued: (output) => `waits to be sent to ${output}`,
  sending: (output) => `is being sent to ${output}`,
  retrying: (output) => `not sent to ${output} yet, tried again`,
  'no-holder': (output) => `waits for a program that has the secret of ${output}`,
  'given-up': (output) => `not sent to ${output}, given up after a day`,
  dropped: (output) => `not sent to ${output}, which was removed before`,
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function delayText(ms: number): string {
  if (ms < 50) return 'at once'
  return `after ${ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : durationText(ms)}`
}

/** `2 alerts; 5 messages sent, 1 failed, 2 waiting`: all that there is room for in a picture. */
export function sentSummary(alerts: readonly Pick<AlertEntry, 'transitions'>[]): string {
  const states = alerts.flatMap(({ transitions }) =>
    transitions.flatMap(({ sendings }) => sendings.map(({ state }) => state)),
  )
  const count = (...of: AlertSending['state'][]): number =>
    states.filter((state) => of.includes(state)).length
  const failed = count('given-up', 'dropped')
  const waiting = count('queued', 'sending', 'retrying', 'no-holder')
  const sent = count('sent')
  const parts = [
    `${sent} ${sent === 1 ? 'message' : 'messages'} sent`,
    ...(failed === 0 ? [] : [`${failed} not`]),
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
  ]
  const named = alerts.length === 1 ? '1 alert' : `${alerts.length === 0 ? 'no' : alerts.length} alerts`
  return alerts.length === 0 ? named : `${named}; ${parts.join(', ')}`
}
