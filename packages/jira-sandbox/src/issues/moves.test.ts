import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'

const ISSUE = '/rest/api/3/issue'
const SEARCH = '/rest/api/3/search/jql'
const LAG_MS = 60_000

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer({
    projects: [
      { key: 'TPM', name: 'Tickets per minute' },
      { key: 'OPS', name: 'Operations' },
    ],
  })
})
afterEach(async () => {
  await sandbox.stop()
  if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
})

const add = (project = 'TPM', more: object = {}): Promise<{ id: string; key: string }> =>
  sandbox.add({ project: { key: project }, issuetype: { id: '10001' }, summary: 'A ticket', ...more })
const wait = (ms: number): void => sandbox.clock.set(sandbox.clock.now() + ms)

async function keyOf(idOrKey: string): Promise<unknown> {
  const { status, body } = await sandbox.request('GET', `${ISSUE}/${idOrKey}?fields=project`)
  return status === 200 ? (body as { key: string }).key : status
}

async function found(jql: string): Promise<string[]> {
  const { body } = await sandbox.request('POST', SEARCH, { jql, fields: ['summary'] })
  return (body as { issues: { key: string }[] }).issues.map(({ key }) => key)
}

describe('a ticket that is moved', () => {
  test('keeps its id and its properties, and gets the next key of the other project', async () => {
    await add('OPS')
    const { id, key } = await add('TPM', { labels: ['l'] })
    await sandbox.request('PUT', `${ISSUE}/${id}/properties/k`, { n: 1 })
    expect(await sandbox.move(key, 'OPS')).toEqual({ id, key: 'OPS-2' })
    expect(await keyOf(id)).toBe('OPS-2')
    expect(await found('project = OPS AND labels = l')).toEqual(['OPS-2'])
    expect(await found('project = TPM')).toEqual([])
    expect((await sandbox.request('GET', `${ISSUE}/OPS-2/properties/k`)).body).toMatchObject({
      value: { n: 1 },
    })
    expect((await add()).key).toBe('TPM-2')
  })

  test('is found by every key that it had, and answers with the one that it has', async () => {
    const { key } = await add()
    await sandbox.move(key, 'OPS')
    expect(await keyOf('tpm-1')).toBe('OPS-1')
    expect(await found('key = TPM-1')).toEqual(['OPS-1'])
    const { body } = await sandbox.request('POST', `${ISSUE}/bulkfetch`, {
      issueIdsOrKeys: ['TPM-1', 'OPS-1'],
    })
    expect(body).toMatchObject({ issues: [{ key: 'OPS-1' }] })
  })

  test('back gets its old key back', async () => {
    const { key } = await add()
    await sandbox.move(key, 'OPS')
    expect((await sandbox.move(key, 'TPM')).key).toBe('TPM-1')
    expect(await keyOf('OPS-1')).toBe('TPM-1')
    expect((await sandbox.move(key, 'OPS')).key).toBe('OPS-1')
    expect((await add()).key).toBe('TPM-2')
    expect((await add('OPS')).key).toBe('OPS-2')
  })

  test('is updated at that moment, and search hears of it when it has caught up', async () => {
    const { id, key } = await add()
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: LAG_MS } })
    wait(1_000)
    await sandbox.move(key, 'OPS')
    const [moved] = await sandbox.truth()
    expect(moved).toMatchObject({ id, key: 'OPS-1', createdMs: sandbox.clock.now() - 1_000 })
    expect(moved?.updatedMs).toBe(sandbox.clock.now())
    expect(await keyOf(id)).toBe('OPS-1')
    expect(await found('project = TPM')).toEqual(['TPM-1'])
    wait(LAG_MS)
    expect(await found('project = TPM')).toEqual([])
    expect(await found('project = OPS')).toEqual(['OPS-1'])
  })

  test.each([
    ['NOPE', 404],
    ['TPM', 400],
  ])('to %s is not moved', async (project, status) => {
    const { id } = await add()
    const answer = await sandbox.request('PUT', `/sandbox/issues/${id}/project`, { projectKey: project })
    expect(answer.status).toBe(status)
    expect(await keyOf(id)).toBe('TPM-1')
    expect((await sandbox.request('PUT', '/sandbox/issues/9/project', { projectKey: 'OPS' })).status).toBe(
      404,
    )
  })

  test('to a project that is hidden is gone for the account', async () => {
    const { id } = await add()
    await sandbox.setSettings({ hiddenProjects: ['OPS'] })
    await sandbox.move(id, 'OPS')
    expect([await keyOf(id), await keyOf('TPM-1')]).toEqual([404, 404])
    expect(await sandbox.truth()).toMatchObject([{ key: 'OPS-1' }])
  })
})

describe('a ticket that is deleted', () => {
  test('is found by search, but not by its id, until the index has caught up', async () => {
    const { id, key } = await add('TPM', { labels: ['l'] })
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: LAG_MS } })
    await sandbox.remove(id)
    expect([await keyOf(id), await keyOf(key)]).toEqual([404, 404])
    expect(await sandbox.truth()).toEqual([])
    expect(await found('labels = l AND priority = Medium')).toEqual([key])
    wait(LAG_MS - 1)
    expect(await found('project = TPM')).toEqual([key])
    wait(1)
    expect(await found('project = TPM')).toEqual([])
    expect(await found('labels = l')).toEqual([])
  })

  test('before search had seen it is never seen', async () => {
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: LAG_MS } })
    const { id } = await add()
    await sandbox.edit(id, { priority: { id: '1' } })
    await sandbox.remove(id)
    wait(LAG_MS)
    expect(await found('project = TPM')).toEqual([])
    expect(await sandbox.truth()).toEqual([])
  })

  test('takes with it what search had not yet seen of it', async () => {
    const { id } = await add()
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: LAG_MS } })
    await sandbox.edit(id, { priority: { id: '1' } })
    await sandbox.remove(id)
    wait(LAG_MS)
    expect(await found('project = TPM')).toEqual([])
  })

  test('in a list to reconcile is seen to be gone at once', async () => {
    const { id } = await add()
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: LAG_MS } })
    await sandbox.remove(id)
    const query = { jql: 'project = TPM', reconcileIssues: [Number(id)] }
    expect((await sandbox.request('POST', SEARCH, query)).body).toMatchObject({ issues: [] })
    expect(await found('project = TPM')).toHaveLength(1)
  })
})

test('a priority that is lowered and raised again is a history that WAS finds', async () => {
  const { id, key } = await add('TPM', { priority: { id: '1' } })
  await add('TPM', { priority: { id: '4' } })
  const left = 'priority was in (1, 2) AND priority not in (1, 2)'
  expect(await found(left)).toEqual([])
  wait(5_000)
  await sandbox.edit(id, { priority: { id: '4' } })
  expect(await found(left)).toEqual([key])
  expect(await found(`${left} AND updated >= ${sandbox.clock.now()}`)).toEqual([key])
  await sandbox.edit(id, { priority: { id: '2' } })
  expect(await found(left)).toEqual([])
})

test('a ticket may be made with a stamp of the past, on the night of a clock change', async () => {
  await sandbox.setSettings({ siteZone: 'Europe/Berlin' })
  const twice = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)]
  const created: unknown[] = []
  for (const createdMs of twice) {
    const { id } = await sandbox.add({}, createdMs)
    const { body } = await sandbox.request('GET', `${ISSUE}/${id}?fields=created,updated`)
    created.push((body as { fields: { created: string } }).fields.created)
  }
  expect(created).toEqual(['2026-10-25T02:30:00.000+0200', '2026-10-25T02:30:00.000+0100'])
  expect((await sandbox.truth()).map(({ updatedMs }) => updatedMs)).toEqual(twice)
  expect(await found(`created >= ${twice[1]}`)).toEqual(['TPM-2'])
})
