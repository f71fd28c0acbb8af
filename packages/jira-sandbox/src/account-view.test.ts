import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../test-support/server.ts'

const ISSUE = '/rest/api/3/issue'
const SEARCH = '/rest/api/3/search/jql'
const PERMISSIONS = 'permissions=BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,DELETE_ISSUES'

let sandbox: TestServer

beforeEach(async () => {
  sandbox = await startTestServer({
    projects: [
      { key: 'TPM', name: 'Tickets per minute' },
      { key: 'OPS', name: 'Operations' },
    ],
  })
  await sandbox.add(ticket('TPM'))
  await sandbox.add(ticket('OPS'))
})
afterEach(async () => {
  await sandbox.stop()
  if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
})

function ticket(key: string): object {
  return { project: { key }, issuetype: { id: '10001' }, summary: 'A ticket' }
}

const status = async (method: string, path: string, body?: unknown): Promise<number> =>
  (await sandbox.request(method, path, body)).status

async function found(jql: string): Promise<unknown> {
  const { body } = await sandbox.request('POST', SEARCH, { jql: `${jql} ORDER BY key`, fields: ['summary'] })
  const { issues, errorMessages } = body as { issues?: { key: string }[]; errorMessages?: string[] }
  return issues?.map(({ key }) => key) ?? errorMessages
}

async function permissions(project = ''): Promise<unknown> {
  const { status: code, body } = await sandbox.request(
    'GET',
    `/rest/api/3/mypermissions?${PERMISSIONS}${project}`,
  )
  const said = (body as { permissions?: Record<string, { havePermission: boolean }> }).permissions
  return said === undefined
    ? code
    : Object.entries(said)
        .filter(([, { havePermission }]) => havePermission)
        .map(([key]) => key)
}

describe('a project that the account does not see', () => {
  beforeEach(() => sandbox.setSettings({ hiddenProjects: ['OPS'] }))

  test('is not there', async () => {
    const { body } = await sandbox.request('GET', '/rest/api/3/project/search')
    expect((body as { values: { key: string }[] }).values.map(({ key }) => key)).toEqual(['TPM'])
    expect(await status('GET', '/rest/api/3/project/OPS')).toBe(404)
    expect(await status('GET', `${ISSUE}/createmeta/OPS/issuetypes`)).toBe(400)
    expect(await status('POST', ISSUE, { fields: ticket('OPS') })).toBe(400)
    expect(await permissions('&projectKey=OPS')).toBe(404)
    expect(await permissions('&projectKey=TPM')).toHaveLength(4)
  })

  test('and neither are its tickets', async () => {
    expect(await status('GET', `${ISSUE}/OPS-1`)).toBe(404)
    expect(await status('PUT', `${ISSUE}/OPS-1`, { fields: { summary: 'x' } })).toBe(404)
    expect(await status('DELETE', `${ISSUE}/OPS-1`)).toBe(404)
    expect(await status('GET', `${ISSUE}/OPS-1/properties`)).toBe(404)
    expect(await status('GET', '/browse/OPS-1')).toBe(404)
    const fetched = await sandbox.request('POST', `${ISSUE}/bulkfetch`, {
      issueIdsOrKeys: ['OPS-1', 'TPM-1', '10001'],
      fields: ['summary'],
    })
    expect(fetched.body).toMatchObject({ issues: [{ key: 'TPM-1' }], issueErrors: [] })
    const doomed = { selectedIssueIdsOrKeys: ['OPS-1'] }
    expect(await status('POST', '/rest/api/3/bulk/issues/delete', doomed)).toBe(400)
    expect(await sandbox.truth()).toHaveLength(2)
  })

  test('search leaves them out without a word, in counts too', async () => {
    expect(await found('created > 0')).toEqual(['TPM-1'])
    expect(await found('NOT project = TPM')).toEqual([])
    const count = await sandbox.request('POST', '/rest/api/3/search/approximate-count', { jql: 'id > 0' })
    expect(count.status).toBe(400)
    const { body } = await sandbox.request('POST', '/rest/api/3/search/approximate-count', {
      jql: 'created > 0',
    })
    expect(body).toEqual({ count: 1 })
  })

  test('asking for it finds nothing, or is refused: sites differ', async () => {
    expect(await found('project = OPS')).toEqual([])
    expect(await found('project in (OPS, TPM)')).toEqual(['TPM-1'])
    expect(await found('project = NOPE')).toEqual([
      "The value 'NOPE' does not exist for the field 'project'.",
    ])
    await sandbox.setSettings({ unseenInJql: 'refused' })
    expect(await found('project = ops')).toEqual(["The value 'ops' does not exist for the field 'project'."])
  })

  test('asking for one of its tickets is refused, as for one that does not exist', async () => {
    expect(await found('key = OPS-1')).toEqual(["An issue with key 'OPS-1' does not exist for field 'key'."])
    expect(await found('id in (10000, 10001)')).toEqual([
      "A value with ID '10001' does not exist for the field 'id'.",
    ])
  })

  test('is back with everything when it is shown again', async () => {
    await sandbox.setSettings({ hiddenProjects: [] })
    expect(await found('created > 0')).toEqual(['OPS-1', 'TPM-1'])
  })
})

describe('without a permission', () => {
  test('to browse, there is nothing at all', async () => {
    await sandbox.setSettings({ permissions: { browse: false } })
    expect((await sandbox.request('GET', '/rest/api/3/project/search')).body).toMatchObject({ total: 0 })
    expect(await found('created > 0')).toEqual([])
    expect(await status('GET', `${ISSUE}/TPM-1`)).toBe(404)
    expect(await permissions()).toEqual([])
    expect(await permissions('&projectKey=TPM')).toBe(404)
    expect(await status('GET', '/rest/api/3/myself')).toBe(200)
  })

  test('to create, there is nothing to choose, and a create is refused', async () => {
    await sandbox.setSettings({ permissions: { create: false } })
    const { body } = await sandbox.request('GET', `${ISSUE}/createmeta/TPM/issuetypes`)
    expect(body).toMatchObject({ issueTypes: [], total: 0 })
    expect(await sandbox.request('POST', ISSUE, { fields: ticket('TPM') })).toMatchObject({
      status: 400,
      body: { errors: { project: 'You do not have permission to create issues in this project.' } },
    })
    expect(await permissions('&projectKey=TPM')).toEqual(['BROWSE_PROJECTS', 'EDIT_ISSUES', 'DELETE_ISSUES'])
    await sandbox.add(ticket('TPM'))
    expect(await sandbox.truth()).toHaveLength(3)
  })

  test('to delete, a delete is refused, one by one and in bulk', async () => {
    await sandbox.setSettings({ permissions: { delete: false } })
    expect(await status('DELETE', `${ISSUE}/TPM-1`)).toBe(403)
    const doomed = { selectedIssueIdsOrKeys: ['TPM-1'] }
    expect(await sandbox.request('POST', '/rest/api/3/bulk/issues/delete', doomed)).toMatchObject({
      status: 403,
      body: { errors: [{ message: expect.any(String) }] },
    })
    expect(await permissions()).not.toContain('DELETE_ISSUES')
    expect(await sandbox.truth()).toHaveLength(2)
    await sandbox.remove('TPM-1')
    expect(await sandbox.truth()).toHaveLength(1)
  })
})
