import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { SPLIT_FIELDS, type TicketFilter } from '../../../src-shared/contract/fields.ts'
import { minuteOf, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { testFolder } from '../../../test-support/end.ts'
import { page, ticket } from '../../../test-support/store/pages.ts'
import {
  FIELDS_SITE,
  FIELDS_START_MS,
  fillFile,
  PER_MINUTE,
} from '../../../test-support/store/sqlite/fill-file.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { PriorityCount } from '../../../src-shared/domain/series.ts'
import type { CountsQuery, Store } from '../store.ts'
import { openSqliteStore } from './store.ts'

// A file is read where everything else is done: what is long is read in parts, between which the rest goes on.

const TICKETS = 1_000_000
const FROM = minuteOf(FIELDS_START_MS)
const WHOLE = { fromMinute: FROM, toMinute: FROM + TICKETS / PER_MINUTE }
/** Of so many tickets as are read one by one at most. */
const FEWER = { fromMinute: FROM, toMinute: FROM + 24_000 }
const SCOPE = { siteId: FIELDS_SITE, projectKey: null, priorityIds: ['1', '2'] }
const MOST_MS = 20
/** On a machine that does other things at once a part may take longer now and then, for no fault of its own. */
const TRIES = 3

let file: string
let store: Store
beforeAll(async () => {
  file = path.join(testFolder(), 'tpm.sqlite')
  await (await openSqliteStore({ file, clock: machineClock })).close()
  fillFile(file, TICKETS)
  store = await openSqliteStore({ file, clock: machineClock })
  return () => store.close()
}, 120_000)

const ofFields = (span: typeof WHOLE, filter?: TicketFilter) =>
  SPLIT_FIELDS.map((splitBy): [string, () => Promise<unknown>] => [
    `by ${splitBy}${filter === undefined ? '' : ` of ${JSON.stringify(filter)}`}`,
    () => store.splitCells({ ...SCOPE, ...span, bucketMinutes: 1_440, splitBy, filter }),
  ])

const FILTERS: readonly TicketFilter[] = [
  { projects: ['OPS'] },
  { issueTypes: ['Bug'], rehearsed: true },
  { without: { issueTypes: ['Bug'] } },
]
const FILTERS_OF_TICKETS: readonly TicketFilter[] = [
  { components: ['Checkout'] },
  { labels: ['customer'], projects: ['OPS'] },
  { without: { components: ['Search'] } },
]
const isOfTickets = (name: string): boolean => /component|label|reporter/.test(name)

const counts = (asked: Partial<CountsQuery> = {}) =>
  store.counts({ ...SCOPE, ...WHOLE, bucketMinutes: 1_440, ...asked })

const READS: readonly [name: string, read: () => Promise<unknown>][] = [
  ['counts by 1,440 minutes', () => counts()],
  ['counts by hour', () => counts({ bucketMinutes: 60 })],
  ...[undefined, ...FILTERS].flatMap((filter) =>
    ofFields(WHOLE, filter).filter(([name]) => !isOfTickets(name)),
  ),
  ...ofFields(FEWER).filter(([name]) => isOfTickets(name)),
  ...FILTERS_OF_TICKETS.flatMap((filter) => ofFields(FEWER, filter)),
  ...[...FILTERS, ...FILTERS_OF_TICKETS, { projects: ['NONE'] }].map(
    (filter): [string, () => Promise<unknown>] => [
      `the list of ${JSON.stringify(filter)}`,
      () => store.searchTickets({ ...SCOPE, ...times(FEWER), limit: 500, search: 'no such title', filter }),
    ],
  ),
]

function times({ fromMinute, toMinute }: typeof WHOLE) {
  return { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
}

test.each(READS)('a million tickets, %s: never 20 ms in one go', { timeout: 60_000 }, async (_name, read) => {
  let least = Infinity
  for (let n = 0; n < TRIES && least > MOST_MS; n++) least = Math.min(least, await longestPart(read))
  expect(least).toBeLessThanOrEqual(MOST_MS)
})

const BY_HOUR = { ...SCOPE, ...WHOLE, bucketMinutes: 60 }
const inHour = (rows: readonly PriorityCount[], startMinute: number): number =>
  rows.filter((row) => row.startMinute === startMinute).reduce((sum, { count }) => sum + count, 0)
const LAST_HOUR = WHOLE.toMinute - ((TICKETS / PER_MINUTE) % 60)

test.each<[string, () => Promise<{ seq: number; rows: readonly PriorityCount[] }>]>([
  ['counts', () => store.counts(BY_HOUR)],
  [
    'counts by type',
    async () => {
      const { seq, cells } = await store.splitCells({ ...BY_HOUR, splitBy: 'issueType' })
      return { seq, rows: cells }
    },
  ],
])(
  'a million tickets, %s: of one commit, and 20 ms in one go at most, while others are committed',
  { timeout: 60_000 },
  async (name, read) => {
    const before = await read()
    let answer = before
    let written = 0
    const write = async (): Promise<void> => {
      // By turns into the first hour and the last.
      const createdMs = startOfMinute(written % 2 === 0 ? FROM : WHOLE.toMinute - 1)
      const one = ticket(`${name} ${(written += 1)}`, { createdMs, issueType: 'Bug' })
      await store.applyPage(page([one], { siteId: FIELDS_SITE }))
    }
    let least = Infinity
    for (let n = 0; n < TRIES && least > MOST_MS; n++)
      least = Math.min(least, await longestPart(async () => (answer = await read()), write))
    expect(least).toBeLessThanOrEqual(MOST_MS)
    const seen = answer.seq - before.seq
    expect(written).toBeGreaterThan(seen)
    expect(inHour(answer.rows, FROM) - inHour(before.rows, FROM)).toBe(Math.ceil(seen / 2))
    expect(inHour(answer.rows, LAST_HOUR) - inHour(before.rows, LAST_HOUR)).toBe(Math.floor(seen / 2))
  },
)

test('what is being read when the store is closed fails', async () => {
  const other = await openSqliteStore({ file, clock: machineClock })
  const read = other.counts(BY_HOUR)
  const failure = read.catch((error: unknown) => error)
  await setImmediate()
  await other.close()
  expect(await failure).toMatchObject({ code: 'store-unavailable' })
})

/**
 * The longest that the event loop is kept from going on, ms of the processor: other work of the machine is none.
 * `meanwhile` is done at each of its turns.
 */
async function longestPart(
  read: () => Promise<unknown>,
  meanwhile: () => Promise<void> = async () => {},
): Promise<number> {
  const part = { longest: 0, isDone: false }
  const done = read().finally(() => (part.isDone = true))
  for (let last = cpuMs(); !part.isDone;) {
    await setImmediate()
    await meanwhile()
    const now = cpuMs()
    part.longest = Math.max(part.longest, now - last)
    last = now
  }
  await done
  return part.longest
}

/** What this thread has used. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
