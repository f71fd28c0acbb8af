import { describe, expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import {
  AUDITED_SITE,
  MINUTE,
  named,
  NOON,
  openAuditBench,
  type AuditBench,
} from '../../test-support/audit/audit.ts'

/** Two minutes, the last ticket not watched; all of it made and fetched, and one ticket of somebody else's. */
async function wholeRun() {
  const bench = await openAuditBench()
  await bench.plan('abcd2345', [
    { atMs: 1 },
    { atMs: 2 },
    { atMs: MINUTE },
    { atMs: MINUTE + 1, priorityId: '4' },
  ])
  const made = []
  for (const slot of [0, 1, 2, 3]) made.push(await bench.make('abcd2345', slot))
  await bench.store.setRunState(AUDITED_SITE, 'abcd2345', 'done', bench.sandbox.clock.now())
  const other = await bench.sandbox.add({ priority: { id: '2' } }, bench.sandbox.clock.now())
  await bench.fetch()
  const keys = made.map(({ key }) => key)
  const ids = made.map(({ id }) => id)
  return { ...bench, keys, ids, other }
}

const SPAN = { fromMinute: minuteOf(NOON), toMinute: minuteOf(NOON) + 2 }

/** What both audits name after something was done to the store by hand. Both must fail. */
async function namedByBoth({ audit }: AuditBench): Promise<{ run: string[]; span: string[] }> {
  const [run, span] = [await audit.run('abcd2345'), await audit.span(SPAN)]
  expect([run.ok, span.ok]).toEqual([false, false])
  return { run: named(run), span: named(span) }
}

describe('what somebody did to the store by hand is named', () => {
  test('nothing was done: nothing is named', async () => {
    const { audit } = await wholeRun()
    expect((await audit.run()).ok).toBe(true)
    expect((await audit.span(SPAN)).ok).toBe(true)
  })

  test('a count that is too small', async () => {
    const bench = await wholeRun()
    await bench.data.query(`UPDATE minute_counts SET count = 1 WHERE minute = ${minuteOf(NOON)}`)
    const { run, span } = await namedByBoth(bench)
    expect(run).toEqual([`missing abcd2345/1 ${bench.keys[1]} not-charted`])
    expect(span).toEqual(run)
  })

  test('a count that is too large', async () => {
    const bench = await wholeRun()
    await bench.data.query(`UPDATE minute_counts SET count = count + 3 WHERE minute = ${minuteOf(NOON)}`)
    const { run, span } = await namedByBoth(bench)
    expect(run).toEqual(['missing abcd2345/null null not-charted'])
    expect(span).toEqual(['missing null/null null not-charted'])
    const { missing, charted } = await bench.audit.run()
    expect(missing[0]?.reason).toBe('the counts of this minute show 3 tickets more than are stored')
    expect(charted).toBe(6)
  })

  test('a ticket that was deleted from the store alone', async () => {
    const bench = await wholeRun()
    await bench.data.query(`DELETE FROM tickets WHERE id = '${bench.ids[2]}'`)
    const { run } = await namedByBoth(bench)
    expect(run).toEqual([
      'missing abcd2345/null null not-charted',
      `missing abcd2345/2 ${bench.keys[2]} not-fetched`,
    ])
  })

  test('a ticket that the store has in another minute', async () => {
    const bench = await wholeRun()
    await bench.data.query(`UPDATE tickets SET created_ms = created_ms + 60000 WHERE id = '${bench.ids[0]}'`)
    const { run, span } = await namedByBoth(bench)
    const wanted = expect.arrayContaining([`missing abcd2345/0 ${bench.keys[0]} not-fetched`])
    expect([run, span]).toEqual([wanted, wanted])
    const { missing } = await bench.audit.run()
    expect(missing.find(({ slot }) => slot === 0)?.reason).toBe(
      'stored as created at 2026-06-01 12:01 UTC, while Jira says 2026-06-01 12:00 UTC',
    )
  })

  test('a ticket that the store has years away', async () => {
    const bench = await wholeRun()
    await bench.data.query(
      `UPDATE tickets SET created_ms = 1 WHERE id IN ('${bench.ids[0]}', '${bench.other.id}')`,
    )
    const { run, span } = await namedByBoth(bench)
    const own = `missing abcd2345/0 ${bench.keys[0]} not-fetched`
    expect(run).toEqual(expect.arrayContaining([own]))
    expect(span).toEqual(expect.arrayContaining([own, `missing null/null ${bench.other.key} not-fetched`]))
  })

  test('a ticket that the store has years away, and that is gone from Jira', async () => {
    const bench = await wholeRun()
    await bench.sandbox.remove(bench.ids[0] ?? '')
    await bench.data.query(`UPDATE tickets SET created_ms = 1 WHERE id = '${bench.ids[0]}'`)
    const { run } = await namedByBoth(bench)
    expect(run).toContain(`missing abcd2345/0 ${bench.keys[0]} deleted`)
  })

  test.each([
    [23, 23 * 60 + 1],
    [25, 2],
  ])(
    'one that is gone, and that the store has %i h later: it is late within a day',
    async (hours, minutes) => {
      const bench = await wholeRun()
      await bench.sandbox.remove(bench.ids[0] ?? '')
      await bench.data.query(
        `UPDATE tickets SET created_ms = created_ms + ${hours * 3_600_000} WHERE id = '${bench.ids[0]}'`,
      )
      expect((await bench.audit.run('abcd2345')).minutes).toHaveLength(minutes)
    },
  )

  test('a ticket that the store has under another priority', async () => {
    const bench = await wholeRun()
    await bench.data.query(`UPDATE tickets SET priority_id = '2' WHERE id = '${bench.ids[0]}'`)
    const { run } = await namedByBoth(bench)
    expect(run).toEqual(expect.arrayContaining([`missing abcd2345/0 ${bench.keys[0]} not-fetched`]))
  })

  test('a ticket that the store invented', async () => {
    const bench = await wholeRun()
    await bench.data.query(
      `INSERT INTO tickets SELECT site_id, '999999', 'TPM-999', project_key, title, priority_id, priority_name, status,
         created_ms, updated_ms, first_seen_ms, left_ms, left_reason, missing_since_ms, left_project_key, source,
         issue_type, components, labels, reporter, rehearsed
       FROM tickets WHERE id = '${bench.ids[0]}'`,
    )
    await bench.data.query(`UPDATE minute_counts SET count = count + 1 WHERE minute = ${minuteOf(NOON)}`)
    const result = await bench.audit.span(SPAN)
    expect(named(result)).toEqual(['extra TPM-999 left-in-store'])
    expect([result.fetched, result.charted, result.indexed, result.ok]).toEqual([5, 5, 4, false])
  })

  test.each([
    ['another slot’s ticket', "issue_id = '{id1}'", ['missing abcd2345/0 {key1} foreign']],
    ['somebody else’s ticket', "issue_id = '{other}'", ['missing abcd2345/0 {otherKey} foreign']],
    ['another key', "issue_key = 'TPM-4711'", ['missing abcd2345/0 TPM-4711 foreign']],
    [
      'a ticket that never was',
      "issue_id = '4711'",
      ['missing abcd2345/0 {key0} deleted', 'extra {key0} twice'],
    ],
    ['no ticket at all', 'issue_id = NULL', ['missing abcd2345/0 {key0} unknown']],
    [
      'never sent',
      "state = 'planned', issue_id = NULL, issue_key = NULL",
      ['missing abcd2345/0 {key0} not-yet-made'],
    ],
    ['deleted by a clean-up', 'removed_ms = 1', ['missing abcd2345/0 {key0} removed']],
  ])('a ledger row: %s', async (_what, change, lines) => {
    const bench = await wholeRun()
    const filled = (text: string): string =>
      text
        .replace('{id1}', bench.ids[1] ?? '')
        .replace('{key0}', bench.keys[0] ?? '')
        .replace('{key1}', bench.keys[1] ?? '')
        .replace('{otherKey}', bench.other.key)
        .replace('{other}', bench.other.id)
    await bench.data.query(`UPDATE slots SET ${filled(change)} WHERE slot = 0`)
    expect(await namedByBoth(bench)).toEqual({ run: lines.map(filled), span: lines.map(filled) })
  })

  test.each([
    ['made', 0],
    ['not made', 4],
  ])('a ledger row of a slot that was %s, planned for another year', async (_what, slot) => {
    const bench = await wholeRun()
    await bench.data.query(
      `INSERT INTO slots (site_id, run_id, slot, planned_ms, priority_id, state, project_key, issue_type_id)
       VALUES ('${AUDITED_SITE}', 'abcd2345', 4, ${NOON}, '1', 'skipped', 'TPM', '')`,
    )
    await bench.data.query('UPDATE runs SET planned = 5')
    await bench.data.query(`UPDATE slots SET planned_ms = 1 WHERE slot = ${slot}`)
    const result = await bench.audit.run()
    expect(named(result)).toContain(`missing abcd2345/${slot} ${bench.keys[slot] ?? null} unknown`)
    expect(result.ok).toBe(false)
  })

  test('a run that lasts for decades is refused, in words', async () => {
    const bench = await wholeRun()
    await bench.data.query('UPDATE runs SET start_ms = 1')
    await expect(bench.audit.run()).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('from 1970-01-01 00:00 UTC to 2026-06-01 12:02 UTC'),
    })
  })

  test('a ledger row that is gone', async () => {
    const bench = await wholeRun()
    await bench.data.query('DELETE FROM slots WHERE slot = 3')
    const { run, span } = await namedByBoth(bench)
    expect(run).toEqual(['missing abcd2345/3 null unknown', `extra ${bench.keys[3]} foreign`])
    expect(span).toEqual([`extra ${bench.keys[3]} foreign`])
  })
})
