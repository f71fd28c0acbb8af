import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ISSUE_TYPES } from './catalog.ts'
import { createOpenApiCheck, type CheckedClient } from '../test-support/checked-client.ts'
import {
  answering,
  createContractClient,
  DESCRIPTION,
  hasOpenApi,
  jira,
  OPENAPI,
  refusal,
  TICKET,
} from '../test-support/jira-contract.ts'
import { startTestSandbox, type TestSandbox } from '../test-support/sandbox.ts'

let sandbox: TestSandbox
let client: CheckedClient

beforeAll(async () => {
  sandbox = await startTestSandbox({ historyTickets: 120, siteZone: 'America/St_Johns' })
  client = createContractClient(sandbox)
})
afterAll(() => sandbox.stop())

describe('every answer is what jira.js and Jira’s own document expect of', () => {
  test('who we are and what the site is', async () => {
    const me = await jira.getCurrentUser(client, {})
    expect(me).toMatchObject({ emailAddress: sandbox.email, timeZone: 'UTC' })
    const info = await jira.getServerInfo(client)
    expect(info).toMatchObject({ baseUrl: sandbox.url, deploymentType: 'Cloud' })
    expect(Math.abs((info.serverTime?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    const { permissions } = await jira.getMyPermissions(client, { permissions: 'CREATE_ISSUES,BULK_CHANGE' })
    expect(permissions).toMatchObject({ CREATE_ISSUES: { havePermission: true } })
    expect(await refusal(jira.getMyPermissions(client, { permissions: 'FLY' }))).toMatchObject({
      status: 400,
    })
  })

  test('projects, their types and their create screens', async () => {
    const { values } = await jira.searchProjects(client, { keys: ['TPM'] })
    expect(values).toMatchObject([{ key: 'TPM', name: 'Tickets per minute' }])
    const project = await jira.getProject(client, { projectIdOrKey: 'TPM' })
    expect(project.issueTypes).toHaveLength(ISSUE_TYPES.length)
    expect(await refusal(jira.getProject(client, { projectIdOrKey: 'NOPE' }))).toMatchObject({ status: 404 })
    const { issueTypes = [] } = await jira.getCreateIssueMetaIssueTypes(client, { projectIdOrKey: 'TPM' })
    expect(issueTypes.map(({ name }) => name)).toEqual(ISSUE_TYPES.map(({ name }) => name))
    const { fields = [] } = await jira.getCreateIssueMetaIssueTypeId(client, {
      projectIdOrKey: 'TPM',
      issueTypeId: '10001',
    })
    const priority = fields.find(({ fieldId }) => fieldId === 'priority')
    expect(priority?.allowedValues).toMatchObject([{ id: '1', name: 'Highest' }, { id: '2' }, {}, {}, {}])
    const wrong = jira.getCreateIssueMetaIssueTypes(client, { projectIdOrKey: 'TPM', maxResults: 201 })
    expect(await refusal(wrong)).toMatchObject({ status: 400 })
  })

  test('priorities', async () => {
    const { values } = await jira.searchPriorities(client, {})
    expect(values.map(({ name }) => name)).toEqual(['Highest', 'High', 'Medium', 'Low', 'Lowest'])
    expect(await jira.searchPriorities(client, { id: ['2'] })).toMatchObject({ total: 1 })
    expect(await jira.getPriority(client, { id: '3' })).toMatchObject({ name: 'Medium', isDefault: true })
    expect(await refusal(jira.getPriority(client, { id: '9' }))).toMatchObject({ status: 404 })
  })

  test('the lists that jira.js has no function for: each entry is put to its schema', async () => {
    const priorities = await client.sendRequest<object[]>({ url: '/rest/api/3/priority' })
    expect(priorities).toHaveLength(5)
    for (const priority of priorities) await jira.getPriority(answering(priority), { id: '1' })

    const { id: projectId } = await jira.getProject(client, { projectIdOrKey: 'TPM' })
    const searchParams = { projectId }
    const types = await client.sendRequest<object[]>({ url: '/rest/api/3/issuetype/project', searchParams })
    expect(types).toHaveLength(5)
    for (const type of types) await jira.getIssueType(answering(type), { id: '1' })
  })

  test('making, reading, changing and deleting a ticket', async () => {
    const made = await jira.createIssue(client, {
      fields: TICKET,
      properties: [{ key: 'jira-tpm', value: { run: 'abcdefgh', slot: 7 } }],
    })
    expect(made.key).toMatch(/^TPM-\d+$/)
    const read = await jira.getIssue(client, { issueIdOrKey: made.key, properties: ['jira-tpm'] })
    expect(read.fields).toMatchObject({
      summary: TICKET.summary,
      priority: { id: '2' },
      description: DESCRIPTION,
    })
    expect(read.properties).toEqual({ 'jira-tpm': { run: 'abcdefgh', slot: 7 } })

    await jira.editIssue(client, {
      issueIdOrKey: made.id,
      fields: { priority: { id: '4' } },
      update: { labels: [{ add: 'later' }, { remove: 'jira-tpm' }] },
    })
    const changed = await jira.getIssue(client, { issueIdOrKey: made.id, fields: ['priority', 'labels'] })
    expect(changed.fields).toEqual({ priority: expect.objectContaining({ id: '4' }), labels: ['later'] })

    await sandbox.setSettings({ permissions: { delete: false } })
    const forbidden = await refusal(jira.deleteIssue(client, { issueIdOrKey: made.id }))
    expect(forbidden).toMatchObject({ status: 403 })
    await sandbox.setSettings({ permissions: {} })
    await jira.deleteIssue(client, { issueIdOrKey: made.id, deleteSubtasks: 'false' })
    expect(await refusal(jira.getIssue(client, { issueIdOrKey: made.id }))).toMatchObject({ status: 404 })
    expect(await refusal(jira.deleteIssue(client, { issueIdOrKey: made.id }))).toMatchObject({ status: 404 })
  })

  test('a create that Jira refuses, with a sentence for each field', async () => {
    const { status, body } = await refusal(
      jira.createIssue(client, {
        fields: { project: { key: 'NOPE' }, priority: { id: '9' }, labels: ['a b'], colour: 'red' } as never,
      }),
    )
    expect(status).toBe(400)
    expect(Object.keys((body as { errors: object }).errors).toSorted()).toEqual([
      'colour',
      'issuetype',
      'labels',
      'priority',
      'project',
      'summary',
    ])
  })

  test('making several at once, some of which are refused', async () => {
    const issueUpdates = [{ fields: TICKET }, { fields: { ...TICKET, summary: '' } }, { fields: TICKET }]
    const { issues, errors } = await jira.createIssues(client, { issueUpdates })
    expect(issues).toHaveLength(2)
    expect(errors).toMatchObject([{ status: 400, failedElementNumber: 1 }])
    const none = await refusal(jira.createIssues(client, { issueUpdates: [{ fields: {} }] }))
    expect(none).toMatchObject({ status: 400, body: { issues: [], errors: [{ failedElementNumber: 0 }] } })
    const many = jira.createIssues(client, {
      issueUpdates: Array.from({ length: 51 }, () => ({ fields: TICKET })),
    })
    expect((await refusal(many)).status).toBe(400)
  })

  test('searching by GET and by POST, page by page', async () => {
    const jql = 'key <= TPM-120 ORDER BY created ASC, key ASC'
    const fields = ['summary', 'priority', 'status', 'issuetype', 'created', 'updated', 'labels', 'project']
    const byPost = await jira.searchAndReconsileIssuesUsingJqlPost(client, { jql, fields, maxResults: 70 })
    expect(byPost).toMatchObject({ isLast: false })
    const rest = await jira.searchAndReconsileIssuesUsingJql(client, {
      jql,
      fields,
      maxResults: 70,
      nextPageToken: byPost.nextPageToken ?? '',
      properties: ['jira-tpm'],
    })
    expect(rest.isLast).toBe(true)
    expect(rest.nextPageToken).toBeUndefined()
    const keys = [...(byPost.issues ?? []), ...(rest.issues ?? [])].map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.slice(0, 2)).toEqual(['TPM-1', 'TPM-2'])
    expect(rest.issues?.[0]?.fields?.['created']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-[023]{4}$/)
    const wrong = jira.searchAndReconsileIssuesUsingJqlPost(client, { jql: 'colour = red' })
    expect((await refusal(wrong)).status).toBe(400)
  })

  test('counting', async () => {
    const { count } = await jira.countIssues(client, { jql: 'key <= TPM-120' })
    expect(count).toBe(120)
    expect((await refusal(jira.countIssues(client, { jql: '' }))).status).toBe(400)
  })

  test('judging queries', async () => {
    const { queries } = await jira.parseJqlQueries(client, {
      validation: 'strict',
      queries: ['project = TPM', 'colour = red', 'project ='],
    })
    expect(queries.map(({ errors = [] }) => errors.length)).toEqual([0, 1, 1])
  })

  test('fetching tickets by id, whatever is not there', async () => {
    const { issues = [] } = await jira.bulkFetchIssues(client, {
      issueIdsOrKeys: ['TPM-3', '10001', 'TPM-99999', '10002'],
      fields: ['summary'],
      properties: ['jira-tpm'],
    })
    expect(issues.map(({ key }) => key)).toEqual(['TPM-2', 'TPM-3'])
  })

  test('issue properties', async () => {
    const { id } = await jira.createIssue(client, { fields: TICKET })
    const named = { issueIdOrKey: id, propertyKey: 'note' }
    await jira.setIssueProperty(client, { ...named, body: { text: 'a' } })
    await jira.setIssueProperty(client, { ...named, body: { text: 'b' } })
    expect(client.seen.slice(-2).map(({ status }) => status)).toEqual([201, 200])
    expect((await jira.getIssuePropertyKeys(client, { issueIdOrKey: id })).keys).toMatchObject([
      { key: 'note' },
    ])
    expect(await jira.getIssueProperty(client, named)).toEqual({ key: 'note', value: { text: 'b' } })
    await jira.deleteIssueProperty(client, named)
    expect((await refusal(jira.getIssueProperty(client, named))).status).toBe(404)
    expect((await refusal(jira.deleteIssueProperty(client, named))).status).toBe(404)
  })

  test('deleting in bulk, and the queue', async () => {
    const issueUpdates = Array.from({ length: 3 }, () => ({ fields: { ...TICKET, labels: ['doomed'] } }))
    const { issues = [] } = await jira.createIssues(client, { issueUpdates })
    const { taskId = '' } = await jira.submitBulkDelete(client, {
      selectedIssueIdsOrKeys: [...issues.map(({ id }) => id), 'TPM-99999'],
      sendBulkNotification: false,
    })
    const done = async () => {
      const progress = await jira.getBulkOperationProgress(client, { taskId })
      return progress.status === 'COMPLETE' ? progress : undefined
    }
    const progress = await expect.poll(done).toBeDefined().then(done)
    expect(progress).toMatchObject({
      totalIssueCount: 4,
      invalidOrInaccessibleIssueCount: 1,
      progressPercent: 100,
    })
    expect(await sandbox.truth('doomed')).toEqual([])
    expect((await refusal(jira.getBulkOperationProgress(client, { taskId: '1' }))).status).toBe(400)
    expect(
      (await refusal(jira.submitBulkDelete(client, { selectedIssueIdsOrKeys: [] }))).body,
    ).toHaveProperty('errors')
  })

  test('and a key that Jira does not document would have been refused', async () => {
    const body = { id: '1', key: 'A-1', self: 'x' }
    await expect(jira.createIssue(answering(body), { fields: TICKET })).resolves.toEqual(body)
    await expect(jira.createIssue(answering({ ...body, more: 1 }), { fields: TICKET })).rejects.toThrow(
      'more',
    )
  })
})

test.skipIf(!hasOpenApi)('the check against Jira’s document is one: it refuses what is not in it', () => {
  const check = createOpenApiCheck(OPENAPI)
  const answer = {
    method: 'POST',
    path: '/rest/api/3/issue',
    status: 201,
    body: { id: '1', key: 'A-1', self: 'x' },
  }
  expect(() => check(answer)).not.toThrow()
  expect(() => check({ ...answer, body: { ...answer.body, id: 1 } })).toThrow('id must be string')
  expect(() => check({ ...answer, body: { ...answer.body, more: 1 } })).toThrow('additional properties')
  expect(() => check({ ...answer, status: 418 })).toThrow('no 418')
})
