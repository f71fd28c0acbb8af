import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CheckedClient } from '../test-support/checked-client.ts'
import { createContractClient, jira, refusal, TICKET } from '../test-support/jira-contract.ts'
import { startTestSandbox, type TestSandbox } from '../test-support/sandbox.ts'

let sandbox: TestSandbox
let client: CheckedClient

beforeAll(async () => {
  sandbox = await startTestSandbox({ historyTickets: 120 })
  client = createContractClient(sandbox)
})
afterEach(() => sandbox.setMood('healthy'))
afterAll(() => sandbox.stop())

describe('in other moods too, every answer is what jira.js and Jira’s own document expect of', () => {
  test('a field "Severity": on the create screen, in a ticket, in searches', async () => {
    await sandbox.setSettings({ severity: 'optional', requiredField: true })
    const { fields = [] } = await jira.getCreateIssueMetaIssueTypeId(client, {
      projectIdOrKey: 'TPM',
      issueTypeId: '10001',
    })
    expect(fields.find(({ fieldId }) => fieldId === 'customfield_10050')?.allowedValues).toHaveLength(4)
    expect(fields.find(({ fieldId }) => fieldId === 'customfield_10060')).toMatchObject({ required: true })
    const severe = { ...TICKET, customfield_10050: { id: '10100' } }
    expect((await refusal(jira.createIssue(client, { fields: severe }))).status).toBe(400)
    const { id } = await jira.createIssue(client, { fields: { ...severe, customfield_10060: 'ACME' } })
    const { issues = [] } = await jira.searchAndReconsileIssuesUsingJqlPost(client, {
      jql: 'cf[10050] in (10100)',
      fields: ['customfield_10050', 'priority'],
    })
    expect(issues).toMatchObject([{ id, fields: { customfield_10050: { id: '10100', value: 'Critical' } } }])
  })

  test('a page of nothing but ids holds up to 5000; odd pages are as good as others', async () => {
    const query = { jql: 'created >= 0 AND created < 9999999999999 ORDER BY id', maxResults: 5_000 }
    const ids = async (fields: string[] = ['id'], nextPageToken?: string) =>
      jira.searchAndReconsileIssuesUsingJqlPost(client, { ...query, fields, nextPageToken })
    const all = await ids()
    expect(all).toMatchObject({ isLast: true })
    expect(all.issues?.length).toBeGreaterThan(119)
    expect((await ids(['summary'])).issues).toHaveLength(100)
    for (const kind of ['short-page', 'empty-page', 'repeated-page'] as const) {
      await sandbox.setFaults([{ match: { path: '/search/jql$' }, kind, times: 1 }])
      const odd = await ids(['id'])
      expect(odd.isLast).toBe(kind === 'repeated-page')
    }
    await sandbox.setFaults([])
  })

  test('a ticket that was moved, by its old key', async () => {
    await sandbox.setSettings({ projects: [{ key: 'OPS', name: 'Operations' }] })
    const { id, key } = await jira.createIssue(client, { fields: TICKET })
    await sandbox.move(id, 'OPS')
    const moved = await jira.getIssue(client, { issueIdOrKey: key, fields: ['project'] })
    expect(moved).toMatchObject({ id, key: 'OPS-1', fields: { project: { key: 'OPS' } } })
    const { issues = [] } = await jira.bulkFetchIssues(client, { issueIdsOrKeys: [id], fields: ['project'] })
    expect(issues).toMatchObject([{ id, key: 'OPS-1' }])
    await jira.deleteIssue(client, { issueIdOrKey: id })
  })

  test('what an account is answered that may do less', async () => {
    await sandbox.setSettings({ permissions: { create: false, delete: false } })
    const { permissions } = await jira.getMyPermissions(client, {
      permissions: 'BROWSE_PROJECTS,CREATE_ISSUES,DELETE_ISSUES',
      projectKey: 'TPM',
    })
    const may = Object.values(permissions ?? {}).map(({ havePermission }) => havePermission)
    expect(may).toEqual([true, false, false])
    const types = await jira.getCreateIssueMetaIssueTypes(client, { projectIdOrKey: 'TPM' })
    expect(types).toMatchObject({ issueTypes: [], total: 0 })
    expect((await refusal(jira.createIssue(client, { fields: TICKET }))).status).toBe(400)
    expect((await refusal(jira.deleteIssue(client, { issueIdOrKey: 'TPM-1' }))).status).toBe(403)
    const doomed = jira.submitBulkDelete(client, { selectedIssueIdsOrKeys: ['TPM-1'] })
    expect((await refusal(doomed)).status).toBe(403)

    await sandbox.setSettings({ permissions: {}, hiddenProjects: ['TPM'] })
    const named = { permissions: 'BROWSE_PROJECTS', projectKey: 'TPM' }
    expect((await refusal(jira.getMyPermissions(client, named))).status).toBe(404)
    expect((await refusal(jira.getProject(client, { projectIdOrKey: 'TPM' }))).status).toBe(404)
    expect((await refusal(jira.getIssue(client, { issueIdOrKey: 'TPM-1' }))).status).toBe(404)
    expect(await jira.countIssues(client, { jql: 'project = TPM' })).toEqual({ count: 0 })
    const found = await jira.searchAndReconsileIssuesUsingJqlPost(client, { jql: 'project = TPM' })
    expect(found).toEqual({ issues: [], isLast: true })
  })

  test('priorities under other names', async () => {
    await sandbox.setMood('localised-priorities')
    const { values } = await jira.searchPriorities(client, {})
    expect(values[0]).toMatchObject({ id: '1', name: 'Höchste' })
  })
})
