import { describe, expect, test } from 'vitest'
import { GENERATED_LABEL, runLabel } from '../generator/marks.ts'
import { createRunLease } from '../generator/run-lease.ts'
import { lacksScope } from '../jira/errors.ts'
import { machineClock } from '../runtime/clock.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { deletedSome, ended, KINDS, never, openCleanUpBench } from '../../test-support/clean-up/clean-up.ts'

const PROJECTS = [
  { key: 'TPM', name: 'Tickets per minute' },
  { key: 'OPS', name: 'Operations' },
]

describe.each(KINDS)('in a Jira of the kind %s', (kind) => {
  test('an account that may not delete is refused before anything is tried, with what to do instead', async () => {
    const bench = await openCleanUpBench(kind)
    const { runId } = await bench.makeRun(3)
    const { key } = await bench.sandbox.add({ labels: [GENERATED_LABEL, runLabel(runId)] })
    await bench.sandbox.setSettings({ permissions: { delete: false } })
    const desk = bench.desk()
    const refusal = {
      message: 'The account may not delete tickets in TPM. Nothing was deleted.',
      hint: `Ask an administrator of TPM for "Delete issues", or bulk-delete the issues that this search finds in Jira: labels = ${runLabel(runId)} AND key not in (${key})`,
    }
    const preview = await desk.preview(runId, never)
    expect(preview).toMatchObject({ count: 3, refusal })
    // A window shows the search for itself, to be copied.
    const { before = '', jql = '' } = preview.refusal?.search ?? {}
    expect(jql).toBe(`labels = ${runLabel(runId)} AND key not in (${key})`)
    expect(`${before} ${jql}`).toBe(refusal.hint)
    const asked = desk.start({ runId, confirmedSite: bench.siteId, count: 3 })
    await expect(asked).rejects.toMatchObject({ code: 'jira-refused', ...refusal })
    expect(await bench.keys()).toHaveLength(4)
    // The search finds what it should.
    const { tickets } = await bench.jira.search(
      {
        jql: `labels = ${runLabel(runId)} AND key not in (${key})`,
        pageToken: null,
        pageSize: 50,
        reconcileIds: [],
        property: null,
      },
      never,
    )
    expect(tickets).toHaveLength(3)
  })

  test('a project that the account does not see any more is not taken for one without tickets', async () => {
    const bench = await openCleanUpBench(kind, { projects: PROJECTS })
    const { runId } = await bench.makeRun(4, { projectKeys: ['OPS'] })
    await bench.sync.now()
    await bench.sandbox.setSettings({ hiddenProjects: ['OPS'] })
    const preview = await bench.desk().preview(runId, never)
    expect(preview).toMatchObject({
      count: 0,
      gone: 0,
      refusal: { message: expect.stringContaining('does not see OPS') },
    })
    expect(preview.kept).toHaveLength(4)
    const asked = bench.desk().start({ runId, confirmedSite: bench.siteId, count: 0 })
    await expect(asked).rejects.toMatchObject({ code: 'jira-refused' })
    expect(await bench.keys()).toHaveLength(4)
  })

  test('a permission that is lost half-way ends it with a way out; given back, it goes on', async () => {
    const bench = await openCleanUpBench(kind)
    const { runId } = await bench.makeRun(60)
    let asked = 0
    const desk = bench.desk({
      jira: {
        ...bench.jira,
        async deleteTicket(...ticket) {
          if (++asked === 20) await bench.sandbox.setSettings({ permissions: { delete: false } })
          return bench.jira.deleteTicket(...ticket)
        },
      },
    })
    const end = await bench.cleanUp(desk, runId)
    expect(end).toMatchObject({
      state: 'stopped',
      total: 60,
      kept: [],
      failure: {
        message: 'The account may not delete tickets in TPM any more. The others stay.',
        hint: `Ask an administrator of TPM for "Delete issues", or bulk-delete the issues that this search finds in Jira: labels = ${runLabel(runId)}`,
        search: { jql: `labels = ${runLabel(runId)}` },
      },
    })
    expect(end.deleted).toBe(60 - (await bench.keys()).length)
    expect(end.deleted).toBeGreaterThan(10)
    await bench.sandbox.setSettings({ permissions: {} })
    expect(await bench.cleanUp(desk, runId)).toMatchObject({ state: 'done', total: 60 - end.deleted })
    expect(await bench.keys()).toEqual([])
  })

  test('sight that is lost half-way does not make tickets gone', async () => {
    const bench = await openCleanUpBench(kind)
    const { runId } = await bench.makeRun(60)
    await bench.sync.now()
    let asked = 0
    const desk = bench.desk({
      jira: {
        ...bench.jira,
        async deleteTicket(...ticket) {
          if (++asked === 20) await bench.sandbox.setSettings({ hiddenProjects: ['TPM'] })
          return bench.jira.deleteTicket(...ticket)
        },
      },
    })
    const end = await bench.cleanUp(desk, runId)
    expect(end).toMatchObject({
      state: 'stopped',
      failure: { message: 'The account does not see TPM any more. The others stay.' },
    })
    expect(end.deleted).toBe(60 - (await bench.keys()).length)
    const slots = await bench.store.slots(bench.siteId, runId)
    expect(slots.filter(({ removedMs }) => removedMs !== null)).toHaveLength(end.deleted)
    await bench.sandbox.setSettings({ hiddenProjects: [] })
    await bench.expectChartIsTrue()
  })
})

test('of several projects, the tickets go where the account may delete, and stay with the reason elsewhere', async () => {
  const bench = await openCleanUpBench('cloud', { projects: PROJECTS })
  const { runId, tickets } = await bench.makeRun(6, { projectKeys: ['TPM', 'OPS'] })
  const jira = {
    ...bench.jira,
    permissions: async (projectKey: string) => ({ browse: true, create: true, delete: projectKey === 'TPM' }),
  }
  const end = await bench.cleanUp(bench.desk({ jira }), runId)
  const stay = [1, 3, 5].map((slot) => tickets[slot]?.key ?? '')
  expect(end).toMatchObject({ state: 'done', total: 3, deleted: 3 })
  expect(end.kept).toEqual(stay.map((key) => ({ key, reason: 'The account may not delete tickets in OPS.' })))
  expect((await bench.keys()).toSorted()).toEqual(stay.toSorted())
})

test('a ticket that Jira refuses to delete for a reason of its own stays, and the others go', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId, tickets } = await bench.makeRun(5)
  const path = `/issue/${tickets[2]?.id}$`
  await bench.sandbox.setFaults([
    { match: { method: 'DELETE', path }, kind: 'html-error', status: 400, times: 1 },
  ])
  const end = await bench.cleanUp(bench.desk(), runId)
  expect(end).toMatchObject({ state: 'done', deleted: 4, kept: [{ key: tickets[2]?.key }] })
  expect(end.kept[0]?.reason).toContain('HTTP 400')
  expect(await bench.keys()).toEqual([tickets[2]?.key])
})

test('a token that lacks a scope ends it: not each ticket is tried', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(30)
  let asked = 0
  const jira = {
    ...bench.jira,
    async deleteTicket(): Promise<boolean> {
      asked++
      throw lacksScope('jira.example')
    },
  }
  const end = await bench.cleanUp(bench.desk({ jira }), runId)
  expect(end).toMatchObject({ state: 'stopped', deleted: 0, kept: [] })
  expect(end.failure?.message).toContain('lacks a scope')
  expect(asked).toBeLessThanOrEqual(4)
})

describe('it is not begun', () => {
  test.each(['running', 'paused'] as const)(
    'for a run that is %s: it is to be stopped first',
    async (state) => {
      const bench = await openCleanUpBench('cloud')
      const { runId } = await bench.makeRun(2, { state })
      const refusal = { hint: 'Stop it first (jira-tpm stop), then clean up.' }
      expect(await bench.desk().preview(runId, never)).toMatchObject({ count: 0, refusal })
      const asked = bench.desk().start({ runId, confirmedSite: bench.siteId, count: 2 })
      await expect(asked).rejects.toMatchObject({ code: 'busy', ...refusal })
      expect(await bench.keys()).toHaveLength(2)
    },
  )

  test('where another number or another site was agreed to, or there is no such run', async () => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(2)
    const desk = bench.desk()
    const agreed = { runId, confirmedSite: bench.siteId, count: 2 }
    await expect(desk.start({ ...agreed, count: 3 })).rejects.toMatchObject({ code: 'not-confirmed' })
    await expect(desk.start({ ...agreed, confirmedSite: 'x' })).rejects.toMatchObject({
      code: 'not-confirmed',
    })
    await expect(desk.start({ ...agreed, runId: 'zzzzzzzz' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(desk.preview('zzzzzzzz', never)).rejects.toMatchObject({ code: 'not-found' })
    await expect(desk.stop()).rejects.toMatchObject({ code: 'not-found' })
    expect(await bench.keys()).toHaveLength(2)
    // What was refused left nothing behind that would keep it from being begun.
    expect(await bench.cleanUp(desk, runId)).toMatchObject({ state: 'done', deleted: 2 })
  })

  test('beside a run or another clean-up, of this process or another; nor a run beside it', async () => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(40)
    const agreed = { runId, confirmedSite: bench.siteId, count: 40 }
    const runLease = createRunLease({ ...bench, owner: 'one process', clock: machineClock })
    expect(await runLease.tryTake(() => {})).toBe(true)
    for (const owner of ['one process', 'another process']) {
      await expect(bench.desk({ owner }).start(agreed)).rejects.toMatchObject({ code: 'busy' })
    }
    await runLease.drop()
    expect(await bench.keys()).toHaveLength(40)

    // Held up at its first deletion.
    const held = Promise.withResolvers<void>()
    const jira = {
      ...bench.jira,
      async deleteTicket(id: string, signal: AbortSignal) {
        await held.promise
        return bench.jira.deleteTicket(id, signal)
      },
    }
    const desk = bench.desk({ owner: 'one process', jira })
    await desk.start(agreed)
    await expect(bench.desk({ owner: 'another process' }).start(agreed)).rejects.toMatchObject({
      code: 'busy',
    })
    for (const owner of ['one process', 'another process']) {
      const rival = createRunLease({ ...bench, owner, clock: machineClock })
      expect(await rival.tryTake(() => {})).toBe(false)
    }
    await expect(desk.start(agreed)).rejects.toMatchObject({ code: 'busy' })
    held.resolve()
    expect(await ended(desk)).toMatchObject({ state: 'done', deleted: 40 })
    expect(await runLease.tryTake(() => {})).toBe(true)
    await runLease.drop()
  })
})

test('stopped, it ends at the next ticket and can be begun again; closed, it does so in time', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(80)
  const desk = bench.desk()
  await bench.begin(desk, runId)
  await deletedSome(desk, 10)
  const stopped = await desk.stop()
  expect(stopped).toMatchObject({ state: 'stopped', failure: null, total: 80 })
  expect(stopped.deleted).toBe(80 - (await bench.keys()).length)
  expect(stopped.deleted).toBeLessThan(80)

  await bench.sandbox.setFaults([{ match: { method: 'DELETE' }, kind: 'stall-before', times: 4, after: 8 }])
  await bench.begin(desk, runId)
  await deletedSome(desk, 8)
  const beganMs = performance.now()
  await desk.close()
  expect(performance.now() - beganMs).toBeLessThan(promisedMs(2_000))
  expect(desk.current()).toMatchObject({ state: 'stopped', failure: null })
  await expect(bench.begin(desk, runId)).rejects.toMatchObject({ code: 'cancelled' })

  await bench.sandbox.setFaults([])
  expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done' })
  expect(await bench.keys()).toEqual([])
})
