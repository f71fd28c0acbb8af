import type { ResumeRequest, RunProgress } from '../../src-shared/contract/models.ts'
import { ticketsWords } from '../chart/chart-text.ts'

export interface ResumeChoice<T> {
  readonly value: T
  /** The verb of its button. */
  readonly action: string
  /** What happens then, as a sentence. */
  readonly words: string
}

type Missed = NonNullable<ResumeRequest['missed']>
type Unknown = NonNullable<ResumeRequest['unknown']>

/**
 * The ways in which a run with missed slots goes on, the likeliest first: after a sleep that is to catch up or to skip,
 * after a pause to go on as if it had not been.
 */
export function missedChoices({ missed, slept }: RunProgress): readonly ResumeChoice<Missed>[] {
  const them = missed === 1 ? 'It is' : 'They are'
  const shift: ResumeChoice<Missed> = {
    value: 'shift',
    action: 'Resume',
    words:
      'All that is left moves on by the time that the run stood still. The spacing stays, the end is later.',
  }
  const others: readonly ResumeChoice<Missed>[] = [
    {
      value: 'catch-up',
      action: `Catch up (${missed.toLocaleString('en-GB')})`,
      words: `${them} sent now, a few a second at most. The others keep their times.`,
    },
    {
      value: 'skip',
      action: `Skip (${missed.toLocaleString('en-GB')})`,
      words: `${them} not made. The others keep their times.`,
    },
  ]
  return slept === true ? [...others, shift] : [shift, ...others]
}

/** `7 tickets were due meanwhile.` */
export function missedWords({ missed }: RunProgress): string {
  return `${ticketsWords(missed)} ${missed === 1 ? 'was' : 'were'} due meanwhile.`
}

/** What can become of slots of which nobody knows whether they made their ticket. */
export function unknownChoices({ unknown }: RunProgress): readonly ResumeChoice<Unknown>[] {
  const it = unknown === 1 ? 'it' : 'them'
  return [
    {
      value: 'look',
      action: 'Look again',
      words: `Jira is asked for ${it} once more. Nothing is sent again.`,
    },
    {
      value: 'send',
      action: 'Send again…',
      words: 'What Jira still does not show is made anew.',
    },
    {
      value: 'drop',
      action: 'Count as not made',
      words: `Unless Jira shows ${it} after all.`,
    },
  ]
}

/** Asks before tickets are sent again of which nobody knows whether they exist: title and text. */
export function sendAgainWords({ unknown }: RunProgress): {
  readonly title: string
  readonly text: string
} {
  const one = unknown === 1
  return {
    title: `Send ${ticketsWords(unknown)} again?`,
    text:
      `Jira is looked through once more first; what it shows is not sent. But if it made ${one ? 'the ticket' : 'one of them'} and ` +
      `does not show it, there will be two for the same slot.`,
  }
}
