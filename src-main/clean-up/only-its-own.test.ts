import { describe, expect, test } from 'vitest'
import { GENERATED_LABEL, runLabel, SLOT_PROPERTY, slotMark } from '../generator/marks.ts'
import { FOREIGN, TWO_CLAIM } from './survey.ts'
import {
  KINDS,
  never,
  openCleanUpBench,
  removeMark,
  type CleanUpBench,
  type MadeRun,
} from '../../test-support/clean-up/clean-up.ts'

const PROJECTS = [
  { key: 'TPM', name: 'Tickets per minute' },
  { key: 'OPS', name: 'Operations' },
]

/** A ticket that somebody made by hand with the labels of a run, and a mark where one is given. */
async function copy(
  { jira }: CleanUpBench,
  { runId }: MadeRun,
  mark?: { run: string; slot: number },
): Promise<string> {
  const { key } = await jira.create(
    {
      projectKey: 'TPM',
      issueTypeId: '10001',
      priorityId: '2',
      title: 'A copy',
      paragraphs: [],
      labels: [GENERATED_LABEL, runLabel(runId)],
      properties: mark === undefined ? [] : [{ key: SLOT_PROPERTY, value: mark }],
    },
    never,
  )
  return key
}

describe.each(KINDS)('from a Jira of the kind %s', (kind) => {
  test('what a run made is deleted, and nothing else, whatever it carries', async () => {
    const bench = await openCleanUpBench(kind, { projects: PROJECTS })
    const { sandbox } = bench
    const run = await bench.makeRun(12)
    const other = await bench.makeRun(5)
    const byHand = await copy(bench, run)
    const clone = await copy(bench, run, slotMark(run.runId, 3))
    const stranger = await sandbox.add({ summary: 'Of no run', priority: { id: '1' } })
    const key = (slot: number): string => run.tickets[slot]?.key ?? ''
    // What people did with them since.
    await sandbox.edit(key(0), { labels: [GENERATED_LABEL] })
    await sandbox.edit(key(1), { summary: 'Renamed', priority: { id: '4' } })
    const moved = await sandbox.move(key(2), 'OPS')
    await sandbox.remove(key(4))
    await removeMark(kind, sandbox, key(5))
    await bench.sync.now()

    const desk = bench.desk()
    const preview = await desk.preview(run.runId, never)
    expect(preview).toMatchObject({ runId: run.runId, count: 9, gone: 1, refusal: null })
    expect(preview.keys).toEqual([key(1), moved.key, ...[3, 6, 7, 8, 9, 10, 11].map(key)])
    expect(new Map(preview.kept.map((kept) => [kept.key, kept.reason]))).toEqual(
      new Map([
        [key(0), `It does not carry the label ${runLabel(run.runId)} any more.`],
        [key(5), 'It does not carry the mark of the run any more.'],
        [byHand, FOREIGN],
        [clone, FOREIGN],
      ]),
    )
    expect(await bench.keys()).toHaveLength(12 - 1 + 5 + 3)

    const end = await bench.cleanUp(desk, run.runId)
    expect(end).toMatchObject({ state: 'done', total: 9, deleted: 9, failure: null, kept: preview.kept })
    const stay = [key(0), key(5), byHand, clone, stranger.key, ...other.tickets.map((ticket) => ticket.key)]
    expect((await bench.keys()).toSorted()).toEqual(stay.toSorted())
    await bench.expectChartIsTrue()
  })

  test('the store keeps the run and its slots, each marked with when its ticket was deleted', async () => {
    const bench = await openCleanUpBench(kind)
    const { store, siteId } = bench
    const { runId, tickets } = await bench.makeRun(6)
    const before = { run: await store.run(siteId, runId), slots: await store.slots(siteId, runId) }
    await bench.cleanUp(bench.desk(), runId)
    const slots = await store.slots(siteId, runId)
    expect(await store.run(siteId, runId)).toEqual(before.run)
    expect(slots.map((slot) => ({ ...slot, removedMs: null }))).toEqual(before.slots)
    expect(slots.map(({ issueKey }) => issueKey)).toEqual(tickets.map(({ key }) => key))
    expect(slots.every(({ removedMs }) => removedMs !== null)).toBe(true)
    expect((await store.runCounts(siteId, runId, 0)).removed).toBe(6)

    const again = await bench.desk().preview(runId, never)
    expect(again).toMatchObject({ count: 0, keys: [], gone: 6, kept: [], refusal: null })
    expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done', total: 0, deleted: 0 })
  })

  test('a ticket that the ledger does not know is the run’s where its mark alone names the slot in doubt', async () => {
    const bench = await openCleanUpBench(kind)
    const run = await bench.makeRun(4, { unknown: [1, 2] })
    const clone = await copy(bench, run, slotMark(run.runId, 2))
    const foreign = await copy(bench, run, slotMark('zzzzzzzz', 1))
    const kept = [
      { key: run.tickets[2]?.key, reason: TWO_CLAIM },
      { key: clone, reason: TWO_CLAIM },
      { key: foreign, reason: FOREIGN },
    ]
    const end = await bench.cleanUp(bench.desk(), run.runId)
    expect(end).toMatchObject({ state: 'done', total: 3, deleted: 3 })
    expect(end.kept.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(kept)
    expect((await bench.keys()).toSorted()).toEqual(kept.map(({ key }) => key))
    const slots = await bench.store.slots(bench.siteId, run.runId)
    expect(slots.map(({ removedMs }) => removedMs !== null)).toEqual([true, true, false, true])
  })

  test('what changed after the look is seen right before it would be deleted', async () => {
    const bench = await openCleanUpBench(kind)
    const { sandbox, jira } = bench
    const { runId, tickets } = await bench.makeRun(3)
    const [first = { id: '', key: '' }, second = { id: '', key: '' }] = tickets
    let reads = 0
    const desk = bench.desk({
      jira: {
        ...jira,
        async byIds(...asked) {
          // Between the survey and the reading that the deletion goes by.
          if (++reads === 3) {
            await sandbox.edit(first.key, { labels: ['mine-now'] })
            await sandbox.remove(second.key)
          }
          return jira.byIds(...asked)
        },
      },
    })
    await desk.start({ runId, confirmedSite: bench.siteId, count: 3 })
    await expect.poll(() => desk.current()?.state).toBe('done')
    expect(desk.current()).toMatchObject({ total: 2, deleted: 1, kept: [{ key: first.key }] })
    expect(await bench.keys()).toEqual([first.key])
  })

  test('the index is not asked for what the ledger knows: what it does not show yet is deleted, too', async () => {
    const bench = await openCleanUpBench(kind, { indexLag: { kind: 'fixed', ms: 600_000 } })
    const { runId } = await bench.makeRun(5)
    expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done', deleted: 5 })
    expect(await bench.keys()).toEqual([])
  })
})
