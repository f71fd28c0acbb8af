import { expect, test } from 'vitest'
import { SLOT_PROPERTY } from '../generator/marks.ts'
import {
  KINDS,
  never,
  openCleanUpBench,
  type CleanUpBench,
  type MadeRun,
} from '../../test-support/clean-up/clean-up.ts'

/** Tickets that look as a run's do, but for the label and the mark that name the run. */
async function stranger({ jira }: CleanUpBench): Promise<{ id: string; key: string }> {
  const ticket = { projectKey: 'TPM', issueTypeId: '10001', priorityId: '1', title: 'Not of a run' }
  return jira.create({ ...ticket, paragraphs: [], labels: [], properties: [] }, never)
}

function setSlot(
  { data }: CleanUpBench,
  { runId }: MadeRun,
  slot: number,
  columns: string,
): Promise<unknown> {
  return data.query(`UPDATE slots SET ${columns} WHERE run_id = '${runId}' AND slot = ${slot}`)
}

test.each(KINDS)(
  'a ledger that somebody changed cannot have a ticket deleted that its run did not make: %s',
  async (kind) => {
    const bench = await openCleanUpBench(kind)
    const run = await bench.makeRun(8)
    const other = await bench.makeRun(2)
    const foreign = await stranger(bench)
    const [ofOther = { id: '', key: '' }] = other.tickets
    await setSlot(bench, run, 0, `issue_id = '${foreign.id}', issue_key = '${run.tickets[0]?.key}'`)
    await setSlot(bench, run, 1, `issue_id = '${ofOther.id}', issue_key = '${ofOther.key}'`)
    // By its key instead of its id, a path, none at all, and the ticket of another slot.
    await setSlot(bench, run, 2, `issue_id = '${foreign.key}'`)
    await setSlot(bench, run, 3, `issue_id = '../issue/${foreign.id}'`)
    await setSlot(bench, run, 4, 'issue_id = NULL')
    await setSlot(bench, run, 5, `issue_id = '${run.tickets[6]?.id}'`)

    const end = await bench.cleanUp(bench.desk(), run.runId)
    expect(end).toMatchObject({ state: 'done', failure: null })
    const left = new Set(await bench.keys())
    const keys = [foreign, ...other.tickets, ...run.tickets.slice(0, 6)].map(({ key }) => key)
    expect(left).toEqual(new Set(keys))
    expect(end.deleted).toBe(2)
  },
)

test('two sites whose tickets have the same ids: neither’s run is deleted from the other', async () => {
  const here = await openCleanUpBench('cloud')
  const there = await openCleanUpBench('cloud')
  const run = await here.makeRun(5)
  const ofThere = await there.makeRun(5)
  expect(ofThere.tickets).toEqual(run.tickets)

  // A store that both share: the run is not of the other site.
  const mixed = there.desk({ store: here.store })
  const agreed = { runId: run.runId, confirmedSite: there.siteId, count: 5 }
  await expect(mixed.start(agreed)).rejects.toMatchObject({ code: 'not-found' })

  // And where somebody wrote it to that site, its tickets are not there.
  for (const table of ['runs', 'slots']) {
    await here.data.query(`UPDATE ${table} SET site_id = '${there.siteId}'`)
  }
  const preview = await mixed.preview(run.runId, never)
  expect(preview).toMatchObject({ count: 0, keys: [] })
  expect(preview.kept.map(({ key }) => key)).toEqual(ofThere.tickets.map(({ key }) => key))
  await mixed.start({ ...agreed, count: 0 })
  await expect.poll(() => mixed.current()?.state).toBe('done')
  expect(await there.keys()).toHaveLength(5)
  expect(await here.keys()).toHaveLength(5)
})

test('a mark that is no mark of the generator’s is none: the ticket stays', async () => {
  const bench = await openCleanUpBench('cloud')
  const run = await bench.makeRun(6)
  const { runId, tickets } = run
  const marks: unknown[] = [
    { run: runId, slot: '0' },
    { run: runId.toUpperCase(), slot: 1 },
    { run: [runId], slot: 2 },
    [{ run: runId, slot: 3 }],
    { run: runId, slot: 4.5 },
    { run: runId, slot: 0 },
  ]
  for (const [slot, mark] of marks.entries()) await setMark(bench, tickets[slot]?.key ?? '', mark)
  const preview = await bench.desk().preview(runId, never)
  expect(preview).toMatchObject({ count: 0 })
  expect(preview.kept).toHaveLength(6)
})

async function setMark({ sandbox }: CleanUpBench, key: string, mark: unknown): Promise<void> {
  const { url, email, apiToken } = sandbox
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
  const { status } = await fetch(`${url}/rest/api/3/issue/${key}/properties/${SLOT_PROPERTY}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(mark),
  })
  expect([200, 201]).toContain(status)
}
