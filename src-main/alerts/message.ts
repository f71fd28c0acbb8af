import type { AlertMessage, AlertNumbers, AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Differs } from '../../src-shared/contract/alerts/differs.ts'
import { alertAddress } from '../../src-shared/domain/usual/alert-address.ts'
import { minutesText, scopeText } from '../../src-shared/domain/usual/alert-text.ts'
import {
  MINUTES_PER_DAY,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { AlertTransition } from '../../src-shared/domain/usual/alert.ts'
import { usualOf, type Baseline } from '../../src-shared/domain/usual/baseline.ts'
import { firstDiffering } from '../../src-shared/domain/usual/differs-text.ts'
import { daysBetween } from '../../src-shared/domain/usual/often.ts'
import { quantile } from '../../src-shared/domain/usual/tails.ts'
import { wallClock } from '../../src-shared/domain/zone-time.ts'

export interface MessageParts {
  /** The site's name for a person. */
  readonly site: string
  /** The values that are watched, the most urgent first. */
  readonly watched: readonly Priority[]
  /** By whose clock times are said. */
  readonly zone: string
  readonly rule: AlertRule
  readonly transition: AlertTransition
  /** From the onset to the end of the minute in progress, and the tickets that its bars show. */
  readonly span: MinuteSpan
  readonly tickets: number
  /** Whole minutes. */
  readonly sinceFetch: number | null
  /** As it was before the alert; null where what is usual is not said. */
  readonly baseline: Baseline | null
  /** What its tickets have more often than usual; null where that is not said, or not known. */
  readonly differs: Differs | null
  /** The run whose drill it is. */
  readonly rehearsal: string | null
  /** Why it ended, as a sentence, where it was not by itself. */
  readonly why?: string
}

const SELDOM = 0.95

/** What a person reads of a transition, for every output alike. */
export function writeMessage(parts: MessageParts): AlertMessage {
  const { rule, transition, rehearsal, site } = parts
  const { id, name, scope, condition } = rule
  const numbers = numbersOf(parts)
  const sentences =
    parts.why === undefined
      ? SENTENCES[condition.kind](parts, numbers)
      : [parts.why, endedText(parts, numbers)]
  return {
    alertId: transition.alertId,
    key: transition.key,
    transition: transition.kind,
    atMs: startOfMinute(transition.minute),
    rule: { id, name, scope, condition },
    site,
    title: `${rehearsal === null ? '' : 'REHEARSAL: '}${name}: ${HEADLINES[transition.kind]}`,
    sentences: [
      ...(rehearsal === null ? [] : [`REHEARSAL: this is a drill, with tickets of the run ${rehearsal}.`]),
      ...sentences,
      ...(parts.differs === null ? [] : firstDiffering(parts.differs)),
      `Times are of ${parts.zone}.`,
    ],
    numbers,
    address: alertAddress(numbers),
    rehearsal,
  }
}

/** Whether a message of it has what differs: that more came than usual, or than may. */
export function saysWhatDiffers({ condition }: AlertRule, { kind }: Pick<AlertTransition, 'kind'>): boolean {
  return (condition.kind === 'above-usual' || condition.kind === 'at-least') && kind !== 'resolved'
}

const HEADLINES = { started: 'alert', doubled: 'twice as many', resolved: 'over' } as const

function numbersOf({ transition, span, tickets, baseline }: MessageParts): AlertNumbers {
  const usual =
    baseline === null ? 'learning' : usualOf(baseline, span.fromMinute, span.toMinute - span.fromMinute)
  return {
    tickets,
    ...span,
    usual: usual === 'learning' ? null : usual.mean,
    seldomOver: usual === 'learning' ? null : quantile(SELDOM, usual),
    peak: transition.peak.tickets,
    onsetMs: startOfMinute(transition.onsetMinute),
  }
}

type Sentences = (parts: MessageParts, numbers: AlertNumbers) => string[]

const SENTENCES: Readonly<Record<AlertRule['condition']['kind'], Sentences>> = {
  'above-usual': (parts, numbers) => {
    const { kind, window } = parts.transition
    const chance = window.chance === null ? null : chanceText(window.chance)
    const counted = `${countText(parts, numbers)}; ${usualText(parts, numbers)}.`
    if (kind === 'resolved') return [`${overText(parts)} ${counted}`]
    return kind === 'started' && chance !== null ? [counted, chance] : [counted]
  },
  'at-least': (parts, numbers) => {
    const { kind, window } = parts.transition
    const usual = numbers.usual === null ? '' : `; ${usualText(parts, numbers)}`
    const counted = `${countText(parts, numbers)}${usual}.`
    if (kind === 'resolved') return [`${overText(parts)} ${counted}`]
    if (parts.rule.condition.kind !== 'at-least' || kind === 'doubled') return [counted]
    const { tickets } = parts.rule.condition
    return [
      counted,
      `${window.tickets} in ${minutesText(window.minutes)}: the rule says at least ${tickets}.`,
    ]
  },
  'nothing-fetched': (parts) => {
    if (parts.transition.kind === 'resolved') return [`Tickets of ${parts.site} are fetched again.`]
    const since = parts.sinceFetch === null ? 'yet' : `for ${minutesText(Math.max(1, parts.sinceFetch))}`
    return [
      `Nothing was fetched from ${parts.site} ${since}.`,
      'What came meanwhile is not counted, and what is above the usual cannot be seen.',
    ]
  },
  'too-quiet': (parts, numbers) => {
    const { kind, onsetMinute } = parts.transition
    const names = scopeText(parts.rule.scope, parts.watched)
    if (kind === 'resolved') return [`${overText(parts)} ${countText(parts, numbers)}.`]
    const since = timeText(onsetMinute, parts)
    return [
      `No ${names} ticket since ${since} (${minutesText(lengthOf(numbers))}); ${usualText(parts, numbers)}.`,
      'Whoever reports them may not be able to: look whether tickets can be made.',
    ]
  },
}

function endedText(parts: MessageParts, numbers: AlertNumbers): string {
  return `Its alert ended with that: ${countText(parts, numbers)}.`
}

/** `31 High or Highest tickets since 14:02 (8 min)`: as the bars of that span show. */
function countText(
  { rule, watched, transition, tickets, ...parts }: MessageParts,
  numbers: AlertNumbers,
): string {
  const { project, ...priority } = rule.scope
  const counted = `${tickets} ${scopeText(priority, watched)} ${tickets === 1 ? 'ticket' : 'tickets'}`
  const where = project === undefined ? '' : ` in ${project}`
  const [from, to] = [numbers.fromMinute, numbers.toMinute].map((at) =>
    timeText(at, { transition, ...parts }),
  )
  const length = `(${minutesText(lengthOf(numbers))})`
  const when = transition.kind === 'resolved' ? `from ${from} to ${to}` : `since ${from}`
  return `${counted}${where} ${when} ${length}`
}

/** `usual on a Tuesday at this hour: 9, seldom over 16`. */
function usualText({ zone }: MessageParts, { usual, seldomOver, fromMinute }: AlertNumbers): string {
  if (usual === null) return 'what is usual is not known yet'
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone }).format(
    startOfMinute(fromMinute),
  )
  const mean = usual >= 10 ? Math.round(usual) : Math.round(usual * 10) / 10
  return `usual on a ${day} at this hour: ${mean}, seldom over ${seldomOver}`
}

/** The longest of these that chance does not reach, in days. */
const OFTEN = [
  [3_650, '10 years'],
  [365, 'a year'],
  [90, '90 days'],
  [30, '30 days'],
  [7, '7 days'],
] as const

function chanceText(chance: number): string | null {
  const days = daysBetween(chance)
  const found = OFTEN.find(([least]) => days >= least)
  return found === undefined ? null : `Chance does this less than once in ${found[1]}.`
}

function overText({ transition }: MessageParts): string {
  if (transition.isNewLevel === true)
    return 'This is the new level: it was so for 24 h, and what comes is compared with it from now on.'
  const minutes = Math.max(1, transition.minute - transition.startedMinute)
  return `Over after ${minutesText(minutes)}:`
}

function lengthOf({ fromMinute, toMinute }: MinuteSpan): number {
  return toMinute - fromMinute
}

/** `14:02`; with its day where that is not the day of the message. */
function timeText(minute: Minute, { zone, transition }: Pick<MessageParts, 'zone' | 'transition'>): string {
  const [day = '', clock = ''] = wallClock(startOfMinute(minute), zone).split(' ')
  const isSoon = Math.abs(transition.minute - minute) < MINUTES_PER_DAY / 2
  return isSoon ? clock : `${clock} on ${day}`
}
