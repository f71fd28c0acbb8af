import { Temporal } from 'temporal-polyfill'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan, startOfMinute } from '../../src-shared/domain/minute.ts'
import { NONE } from '../../src-shared/domain/ticket-filter.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clock } from '../runtime/clock.ts'
import { inProject, isOneOf, quoted, type WatchScope } from './scope.ts'

/**
 * The watched tickets of a span as a person looks for them in Jira, the newest first: JQL has no seconds, so the whole
 * minutes that cover it. It takes times by the clock of an account's `zone`.
 */
export function shownJql(
  scope: WatchScope,
  { fromMs, toMs }: TimeSpan,
  zone: string,
  filter: TicketFilter = {},
): string {
  const { fromMinute, toMinute } = minuteSpan(fromMs, toMs)
  const [from, to] = [fromMinute, toMinute].map((minute) => jqlTime(startOfMinute(minute), zone))
  const span = `created >= ${from} AND created < ${to}`
  return `${isOneOf(scope)} AND ${span}${inProject(scope)}${filterJql(filter)} ORDER BY created DESC, key DESC`
}

/** What Jira calls the fields of a filter, and whether a ticket may have none of it. Priorities are the scope's. */
const JQL_FIELDS = [
  ['projects', 'project', false],
  ['issueTypes', 'issuetype', false],
  ['components', 'component', true],
  ['labels', 'labels', true],
] as const

function filterJql(filter: TicketFilter): string {
  return JQL_FIELDS.flatMap(([field, name, mayBeEmpty]) => [
    oneOfJql(name, filter[field]),
    noneOfJql(name, filter.without?.[field], mayBeEmpty),
  ]).join('')
}

function oneOfJql(name: string, values: readonly string[] | undefined): string {
  if (values === undefined) return ''
  const list = listedValues(values)
  const isOne = list === '' ? [] : [`${name} in (${list})`]
  if (!values.includes(NONE)) return ` AND ${isOne.join('')}`
  return isOne.length === 0 ? ` AND ${name} is EMPTY` : ` AND (${name} is EMPTY OR ${isOne.join('')})`
}

function noneOfJql(name: string, values: readonly string[] | undefined, mayBeEmpty: boolean): string {
  if (values === undefined) return ''
  const list = listedValues(values)
  if (list === '') return ` AND ${name} is not EMPTY`
  // Of one that has none JQL says neither: it is left out by itself.
  const isEmpty = mayBeEmpty && !values.includes(NONE)
  return isEmpty ? ` AND (${name} is EMPTY OR ${name} not in (${list}))` : ` AND ${name} not in (${list})`
}

function listedValues(values: readonly string[]): string {
  return values
    .filter((value) => value !== NONE)
    .map(quoted)
    .join(', ')
}

/** By the zone's clock; in an hour that it shows twice only the epoch's milliseconds say which. */
function jqlTime(epochMs: number, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).toPlainDateTime()
  const [first, second] = (['earlier', 'later'] as const).map(
    (disambiguation) => at.toZonedDateTime(zone, { disambiguation }).epochMilliseconds,
  )
  return first === second ? `"${at.toString().slice(0, 16).replace('T', ' ')}"` : String(epochMs)
}

/** Jira is asked again for the account's zone after so long: a person may change it there. */
const ZONE_LASTS_MS = 600_000

/** Tells the zone of the account's clock, by which Jira reads times in JQL. Throws as Jira. */
export function createAccountZone(
  jira: Pick<Jira, 'identity'>,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): () => Promise<string> {
  let known: { readonly zone: Promise<string>; readonly atMs: number } | null = null
  return async () => {
    if (known === null || clock.now() - known.atMs > ZONE_LASTS_MS) {
      const asked = { zone: jira.identity(signal).then(({ timeZone }) => timeZone), atMs: clock.now() }
      known = asked
      asked.zone.catch(() => {
        if (known === asked) known = null
      })
    }
    return known.zone
  }
}
