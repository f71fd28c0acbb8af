import { expect, test, vi } from 'vitest'
import { SITE } from '../../test-support/store/pages.ts'
import { RUN } from '../../test-support/store/runs.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import type { StoredMark } from './marks.ts'

const opened = storeForEach()
const ALL = { fromMs: 0, toMs: 10 ** 15 }

function mark(id: string, given: Partial<StoredMark> = {}): StoredMark {
  return { id, kind: 'mark', text: `Mark ${id}`, fromMs: 1_000, toMs: null, revision: `${id}-1`, ...given }
}

test('marks are there for every instance, those that reach into a span, the newest first', async () => {
  const { store, again } = opened()
  const other = await again()
  const odd = mark('odd', { fromMs: 2_000, text: `"é", 'x' \\ ☃ {} :name` })
  await store.addMark(SITE, mark('moment'))
  await other.addMark(SITE, odd)
  await store.addMark(SITE, mark('span', { fromMs: 500, toMs: 3_000 }))
  expect(await other.marks(SITE, ALL, 10)).toEqual([
    odd,
    mark('moment'),
    mark('span', { fromMs: 500, toMs: 3_000 }),
  ])
  const idsIn = async (fromMs: number, toMs: number): Promise<string[]> =>
    (await store.marks(SITE, { fromMs, toMs }, 10)).map(({ id }) => id)
  expect(await idsIn(1_000, 1_001)).toEqual(['moment', 'span'])
  expect(await idsIn(1_001, 2_000)).toEqual(['span'])
  expect(await idsIn(3_000, 9_000)).toEqual([])
  expect(await idsIn(0, 500)).toEqual([])
  expect(await store.marks(SITE, ALL, 1)).toEqual([odd])
  expect(await store.marks('site-b', ALL, 10)).toEqual([])
})

test('of two who change one mark, one does and the other is refused; so is who removes what was changed', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.addMark(SITE, mark('a'))
  const changes = await Promise.allSettled([
    store.changeMark(SITE, mark('a', { text: 'mine', revision: 'mine' }), 'a-1'),
    other.changeMark(SITE, mark('a', { text: 'theirs', revision: 'theirs' }), 'a-1'),
  ])
  expect(changes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const winner = changes[0]?.status === 'fulfilled' ? 'mine' : 'theirs'
  expect(await store.marks(SITE, ALL, 10)).toMatchObject([{ text: winner, revision: winner }])
  await expect(store.removeMark(SITE, 'a', 'a-1')).rejects.toMatchObject({ code: 'busy' })
  expect(await store.removeMark(SITE, 'a', winner)).toBe(true)
  await expect(store.changeMark(SITE, mark('a'), winner)).rejects.toMatchObject({ code: 'not-found' })
})

test('what is given again, since its answer was lost, is the same again', async () => {
  const { store } = opened()
  await store.addMark(SITE, mark('a'))
  await store.addMark(SITE, mark('a'))
  await store.changeMark(SITE, mark('a', { text: 'b', revision: 'a-2' }), 'a-1')
  await store.changeMark(SITE, mark('a', { text: 'b', revision: 'a-2' }), 'a-1')
  expect(await store.marks(SITE, ALL, 10)).toMatchObject([{ text: 'b' }])
  expect(await store.removeMark(SITE, 'a', 'a-2')).toBe(true)
  expect(await store.removeMark(SITE, 'a', 'a-2')).toBe(false)
})

test('there are at most 10,000 at a site, and all of them can be read and changed then', async () => {
  const { store, rows } = opened()
  // One statement: to set them one by one would take a minute.
  const ten =
    '(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)'
  const number = '(a.n * 1000 + b.n * 100 + c.n * 10 + d.n)'
  await rows(`INSERT INTO marks (site_id, id, kind, text, from_ms, to_ms, revision)
    SELECT '${SITE}', CAST(${number} AS TEXT), 'mark', 'm', ${number}, NULL, 'r'
    FROM ${ten} AS a, ${ten} AS b, ${ten} AS c, ${ten} AS d`)
  await expect(store.addMark(SITE, mark('more'))).rejects.toMatchObject({ code: 'usage' })
  await store.addMark('site-b', mark('more'))
  await store.changeMark(SITE, mark('7', { revision: 'new' }), 'r')
  expect(await store.marks(SITE, ALL, 20_000)).toHaveLength(10_000)
  expect(await store.removeMark(SITE, '8', 'r')).toBe(true)
  await store.addMark(SITE, mark('more'))
})

test('an incident’s time is told to whoever learns; a mark’s is not, nor one that is no incident any more', async () => {
  const { store } = opened()
  await store.addMark(SITE, mark('b', { kind: 'incident', fromMs: 5_000, toMs: 9_000 }))
  await store.addMark(SITE, mark('a', { kind: 'incident', fromMs: 1_000, toMs: 2_000 }))
  await store.addMark(SITE, mark('c', { fromMs: 1_000, toMs: 2_000 }))
  expect(await store.incidentSpans(SITE)).toEqual([
    { fromMs: 1_000, toMs: 2_000 },
    { fromMs: 5_000, toMs: 9_000 },
  ])
  await store.changeMark(SITE, mark('a', { revision: 'a-2' }), 'a-1')
  expect(await store.incidentSpans(SITE)).toEqual([{ fromMs: 5_000, toMs: 9_000 }])
})

test('what was away is noted once, whoever saw it, and is not for people to change or counted as theirs', async () => {
  const { store, again } = opened()
  const other = await again()
  const outage = { kind: 'outage', text: 'Jira was away', fromMs: 1_000, toMs: 5_000 } as const
  await store.noteOutage(SITE, { ...outage, id: 'one' })
  await other.noteOutage(SITE, { ...outage, id: 'other', fromMs: 1_200, toMs: 5_100 })
  await store.noteOutage(SITE, { ...outage, kind: 'fail-over', id: 'store' })
  await store.noteOutage(SITE, { ...outage, id: 'later', fromMs: 6_000, toMs: 7_000 })
  const found = await store.marks(SITE, ALL, 10)
  expect(found.map(({ id }) => id).toSorted()).toEqual(['later', 'one', 'store'])
  const change = store.changeMark(SITE, mark('one', { revision: 'x' }), 'one')
  await expect(change).rejects.toMatchObject({ code: 'busy' })
})

test('runs that reach into a span', async () => {
  const { store } = opened()
  await store.createRun(RUN, [])
  const { runId, planned, startMs: fromMs, endMs: toMs } = RUN
  expect(await store.runsWithin(SITE, { fromMs: toMs - 1, toMs: toMs + 9 }, 10)).toEqual([
    { runId, planned, fromMs, toMs },
  ])
  expect(await store.runsWithin(SITE, { fromMs: toMs, toMs: toMs + 9 }, 10)).toEqual([])
})

test('alerts that reach into a span, with the name of their rule, and whether they were a drill’s', async () => {
  const { store, rows } = opened()
  const rule = JSON.stringify({ id: 'r', name: 'Storm' })
  await rows(`INSERT INTO alerts (site_id, id, rule_id, run_id, rule, started_ms, onset_ms, peak, resolved_ms)
    VALUES ('${SITE}', 'a', 'r', '', '${rule}', 1000, 900, 9, 5000), ('${SITE}', 'b', 'r', 'run', '${rule}', 2000, 900, 9, NULL)`)
  expect(await store.alertsWithin(SITE, { fromMs: 2_000, toMs: 3_000 }, 10)).toEqual([
    { id: 'b', rule: 'Storm', isRehearsal: true, fromMs: 2_000, toMs: null },
    { id: 'a', rule: 'Storm', isRehearsal: false, fromMs: 1_000, toMs: 5_000 },
  ])
  expect(await store.alertsWithin(SITE, { fromMs: 5_000, toMs: 9_000 }, 10)).toEqual([])
})

test('they stay when the ticket tables are dropped, and every instance hears of each change', async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  store.onCommit(SITE, ['marks'], heard)
  expect(await store.lastMarkChange(SITE)).toBeNull()
  await other.addMark(SITE, mark('a'))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  const first = await store.lastMarkChange(SITE)
  await store.dropTables()
  expect(await store.marks(SITE, ALL, 10)).toEqual([mark('a')])
  await store.removeMark(SITE, 'a', 'a-1')
  expect(await other.lastMarkChange(SITE)).not.toBe(first)
})
