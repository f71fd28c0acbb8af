import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { differingValues, type SpanShares } from '../../src-shared/domain/usual/differs.ts'
import { page, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { ENGINE, storeForEach } from '../../test-support/store/store.ts'
import { whatDiffers } from './differs.ts'

const opened = storeForEach()
const WEEK = 7 * 1_440
/** Nine weeks after 1970 or later, so that there are weeks before. */
const FIRST = 40 * WEEK
const ALL = [{ fromMs: 0, toMs: 10 ** 15 }]
const span = { fromMs: startOfMinute(FIRST), toMs: startOfMinute(FIRST + 60) }
const parts = (siteId: string, known = ALL) => ({
  store: opened().store,
  siteId,
  scope: WATCHED,
  zone: 'UTC',
  known,
})

/** A ticket's week before the span (0: in it), and what it is. */
const anyTickets = fc.array(
  fc.record({
    week: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    minute: fc.integer({ min: -2, max: 61 }),
    priorityId: fc.constantFrom('1', '2', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS'),
    /** So that something differs: of the span's own tickets most are of this component, of others few, of runs' many. */
    checkout: fc.nat({ max: 9 }),
    fields: fc.record(
      {
        issueType: fc.constantFrom('Bug', 'Task'),
        components: fc.subarray(['Search', 'Mail']),
        labels: fc.subarray(['a', 'it’s "b"']),
        rehearsed: fc.boolean(),
        reporterId: fc.constantFrom('ada', 'bob', null),
      },
      { requiredKeys: [] },
    ),
  }),
  { minLength: 60, maxLength: 200, size: 'max' },
)

const list = (text: unknown): string[] => (typeof text === 'string' ? (JSON.parse(text) as string[]) : [])

/** The counts of a span by plain SQL and nothing of ours. */
async function plainShares(siteId: string, week: number): Promise<SpanShares> {
  const fromMs = span.fromMs - week * WEEK * 60_000
  const found = await opened().rows(`
    SELECT project_key AS project, issue_type AS type, components, labels FROM tickets
    WHERE site_id = '${siteId}' AND created_ms >= ${fromMs} AND created_ms < ${fromMs + 3_600_000}
      AND priority_id IN ('1', '2') AND left_ms IS NULL ${week === 0 ? '' : 'AND COALESCE(rehearsed, 0) = 0'}`)
  const values = new Map<string, Map<string, number>>()
  for (const { project, type, components, labels } of found) {
    const of = {
      project: [project],
      issueType: type === null ? [] : [type],
      component: list(components),
      label: list(labels),
    }
    for (const [by, some] of Object.entries(of)) {
      const counts = values.get(by) ?? new Map<string, number>()
      values.set(by, counts)
      for (const value of some) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
    }
  }
  return { tickets: found.length, values }
}

test(
  'whatever tickets: what differs is what plain SQL counts, also without those of runs in the weeks before',
  { timeout: 120_000 },
  async () => {
    let run = 0
    const holds = fc.asyncProperty(anyTickets, async (given) => {
      const siteId = `site-${(run += 1)}`
      const tickets = given.map(({ week, minute, fields, checkout, ...rest }, n) => {
        const isCheckout = checkout < (week === 0 || fields.rehearsed === true ? 7 : 1)
        const components = isCheckout ? { components: ['Checkout'] } : {}
        const createdMs = startOfMinute(FIRST - week * WEEK + minute)
        return ticket(`${n}`, { ...rest, ...fields, ...components, createdMs })
      })
      await opened().store.applyPage(page(tickets, { siteId }))
      const found = await whatDiffers(parts(siteId), span)
      const now = await plainShares(siteId, 0)
      const weeks = await Promise.all(Array.from({ length: 8 }, (_, week) => plainShares(siteId, week + 1)))
      expect(found.tickets).toBe(now.tickets)
      const isFew = now.tickets < 5
      const usual = weeks.reduce((sum, week) => sum + week.tickets, 0)
      expect(found.usualTickets ?? 0).toBeCloseTo(isFew ? 0 : usual / 8, 9)
      const { looked, differing } =
        isFew || usual < 20 ? { looked: 0, differing: [] } : differingValues(now, weeks)
      const state = isFew ? 'few' : usual < 20 ? 'learning' : 'compared'
      expect([found.state, found.looked]).toEqual([state, looked])
      expect(new Set(found.parts)).toEqual(new Set(differing))
    })
    await fc.assert(holds, { numRuns: ENGINE === 'sqlite' ? 60 : 20 })
  },
)

test('weeks that were not fetched, or are of an incident, are no usual; too long a span is refused', async () => {
  const { store } = opened()
  const siteId = 'site-weeks'
  const made = Array.from({ length: 9 }, (_, week) =>
    Array.from({ length: 10 }, (__, n) =>
      ticket(`${week}-${n}`, {
        createdMs: startOfMinute(FIRST - week * WEEK + n),
        components: week === 0 ? ['Checkout'] : [`C${n}`],
        reporterId: `${n}`,
      }),
    ),
  )
  await store.applyPage(page(made.flat(), { siteId }))
  const all = await whatDiffers(parts(siteId), span)
  expect(all).toMatchObject({ weeks: 8, tickets: 10, people: 10, usualTickets: 10, usualPeople: 10 })
  expect(all.parts[0]).toMatchObject({ by: 'component', value: 'Checkout', tickets: 10, share: 1 })
  const week = span.fromMs - WEEK * 60_000
  const incident = { kind: 'incident', text: 'i', fromMs: week + 1, toMs: week + 2, revision: 'r' } as const
  await store.addMark(siteId, { id: 'i', ...incident })
  const known = [{ fromMs: span.fromMs - 3 * WEEK * 60_000, toMs: 10 ** 15 }]
  expect(await whatDiffers(parts(siteId, known), span)).toMatchObject({ weeks: 2, state: 'compared' })
  await store.addMark(siteId, { id: 'j', ...incident, fromMs: span.fromMs - 2 * WEEK * 60_000 })
  expect(await whatDiffers(parts(siteId, known), span)).toMatchObject({
    weeks: 1,
    state: 'learning',
    parts: [],
  })
  const long = { ...span, toMs: span.fromMs + WEEK * 60_000 + 1 }
  await expect(whatDiffers(parts(siteId), long)).rejects.toMatchObject({ code: 'usage' })
})
