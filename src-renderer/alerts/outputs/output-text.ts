import type { Output, OutputDelivery } from '../../../src-shared/contract/alerts/outputs.ts'
import { countText } from '../../live/text.ts'

/** Where the secret of an output is, as seen from here; empty where it has none. */
export function secretText({ secretIn, needsSecret }: Output): string {
  if (!needsSecret) return ''
  return {
    kept: 'Its secret is kept here.',
    environment: 'Its secret comes from the environment here.',
    none: 'Its secret is not here: a program that has it sends.',
    unknown: 'Whether its secret is here is not known: the keychain is locked, or refuses.',
  }[secretIn]
}

/** How the sending goes, a sentence each; `moment` says when. */
export function deliveryTexts(delivery: OutputDelivery, moment: (ms: number) => string): string[] {
  const { last, lastSentMs, givenUp } = delivery
  const told =
    last === null
      ? 'Nothing was sent to it yet.'
      : last.taken
        ? `Last sent ${moment(last.atMs)}: taken (${answerOf(last)}).`
        : `The last try, ${moment(last.atMs)}, failed: ${answerOf(last)}.`
  return [
    waitingText(delivery, moment),
    told,
    last?.taken === false && lastSentMs !== null ? `It last took an alert ${moment(lastSentMs)}.` : '',
    givenUp === 0 ? '' : `${countText(givenUp, 'message was', 'messages were')} given up after a day.`,
  ].filter((text) => text !== '')
}

/** A status, or a sentence whose full stop is ours. */
function answerOf({ answer }: { readonly answer: string }): string {
  return answer.replace(/\.$/, '')
}

function waitingText({ state, waiting, nextTryMs }: OutputDelivery, moment: (ms: number) => string): string {
  if (waiting === 0) return ''
  const wait = countText(waiting, 'message waits', 'messages wait')
  if (state === 'no-holder') return `${wait} for a program that has its secret.`
  if (state === 'retrying' && nextTryMs !== null) return `${wait}; the next try is ${moment(nextTryMs)}.`
  return `${wait} to be sent.`
}

/** Whether the sending is in trouble, which is then marked. */
export function isFailing({ state, last }: OutputDelivery): boolean {
  return state === 'no-holder' || last?.taken === false
}
