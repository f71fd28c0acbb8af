import type { SinceFailure, StoreStatus } from '../../src-shared/contract/models.ts'
import { durationWords, momentWords } from '../live/time-words.ts'

/** What is told of a store that does not work, or that a file stands in for. */
export interface StoreWords {
  /** `failing`: nothing is stored. `standing-in`: it goes on, elsewhere than was set. */
  readonly tone: 'failing' | 'standing-in'
  readonly title: string
  /** What happened, and what it means for what is shown; says no durations, so that it is read out once. */
  readonly text: string
  /** What else it means, and what to do about it; empty where there is nothing. */
  readonly more: string
  /** How long already: `for 2 min`; empty where it is over. */
  readonly lasts: string
}

/** Null while all is as it was set. `nowMs` is the machine's. */
export function storeWords(status: StoreStatus, nowMs: number, zone: string): StoreWords | null {
  if (status.failure !== null) return failingWords(status.failure, nowMs, zone)
  if (status.insteadOf !== null) return standingInWords(status.insteadOf, nowMs, zone)
  return status.warning === undefined ? null : warningWords(status.warning, nowMs, zone)
}

function failingWords(
  { sinceMs, code, message, hint }: SinceFailure,
  nowMs: number,
  zone: string,
): StoreWords {
  // An error's first sentence says what happened, the others what that means.
  const [happened = message, ...meaning] = message.split(/(?<=\.) /)
  return {
    tone: 'failing',
    title: failureTitle(code),
    text: `${happened} The chart shows what was known at ${momentWords(sinceMs, zone, nowMs)}.`,
    more: [...meaning, hint].join(' ').trim(),
    lasts: `for ${durationWords(nowMs - sinceMs)}`,
  }
}

/** It works; unless its trouble passes, until then. */
function warningWords(
  { message, hint, sinceMs, untilMs }: NonNullable<StoreStatus['warning']>,
  nowMs: number,
  zone: string,
): StoreWords {
  const [happened = message] = message.split(/(?<=\.) /)
  return {
    tone: 'standing-in',
    title: 'The store’s access ends',
    text: `${happened} All goes on until ${momentWords(untilMs, zone, nowMs)}.`,
    more: hint,
    lasts: `for ${durationWords(nowMs - sinceMs)}`,
  }
}

/** The failure in a few words; its own sentence says more. */
export function failureTitle(code: string): string {
  if (code === 'store-unavailable') return 'Store out of reach'
  return code === 'store-full' ? 'Store full' : 'Store cannot be used'
}

type InsteadOf = NonNullable<StoreStatus['insteadOf']>

function standingInWords({ label, sinceMs, reachable }: InsteadOf, nowMs: number, zone: string): StoreWords {
  const since = momentWords(sinceMs, zone, nowMs)
  return {
    tone: 'standing-in',
    title: reachable ? 'The store is back' : 'A file stands in',
    text: reachable
      ? `PostgreSQL at ${label} can be reached again, and is gone back to when the run has ended. Until then this computer’s file is shown.`
      : `PostgreSQL at ${label} is out of reach. Since ${since} this computer’s file is shown, filled from Jira.`,
    more: '',
    lasts: reachable ? '' : `for ${durationWords(nowMs - sinceMs)}`,
  }
}
