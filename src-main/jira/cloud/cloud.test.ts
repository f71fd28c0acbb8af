import { describe, expect, test } from 'vitest'
import { createCloudJira } from './cloud.ts'
import { answerJson, createJumpClock, jiraAt, startRawServer } from '../../../test-support/jira/jira.ts'

const never = new AbortController().signal
test('identity takes null for what Jira keeps private', async () => {
  const user = {
    accountId: 'a1',
    displayName: 'Ada',
    timeZone: 'Asia/Kathmandu',
    emailAddress: null,
    locale: null,
  }
  const server = await startRawServer((response) => answerJson(response, user))
  expect(await jiraAt(server.url).identity(never)).toEqual({
    accountId: 'a1',
    displayName: 'Ada',
    timeZone: 'Asia/Kathmandu',
  })
})

test('lists are read to their end, page after page', async () => {
  const all = ['Highest', 'High', 'Medium', 'Low', 'Lowest'].map((name, i) => ({ id: String(i + 1), name }))
  const server = await startRawServer((response, { path }) => {
    const startAt = Number(new URL(path, server.url).searchParams.get('startAt'))
    const values = all.slice(startAt, startAt + 2)
    answerJson(response, {
      values,
      startAt,
      maxResults: 2,
      total: all.length,
      isLast: startAt + 2 >= all.length,
    })
  })
  expect(await jiraAt(server.url, { listPageSize: 2 }).priorities(never)).toEqual(all)
  expect(server.requests).toHaveLength(3)
})

/** A project of one type with these fields on its create screen, two to a page. */
function startScreen(fields: readonly object[]) {
  return startRawServer((response, { path }) => {
    const startAt = Number(new URL(path, 'http://x').searchParams.get('startAt'))
    const rest = { startAt, maxResults: 2 }
    if (path.startsWith('/rest/api/3/issue/createmeta/A%2FB/issuetypes?')) {
      return answerJson(response, { issueTypes: [{ id: '1', name: 'Task' }], ...rest, total: 1 })
    }
    answerJson(response, { fields: fields.slice(startAt, startAt + 2), ...rest, total: fields.length })
  })
}

describe('creatable types', () => {
  const common = { required: false, operations: ['set'] }
  const priority = {
    ...common,
    key: 'priority',
    fieldId: 'priority',
    name: 'Priority',
    hasDefaultValue: true,
  }
  const custom = (id: number, name: string, more: object = {}): object => ({
    ...common,
    key: `customfield_${id}`,
    fieldId: `customfield_${id}`,
    name,
    schema: {
      type: 'option',
      custom: 'com.atlassian.jira.plugin.system.customfieldtypes:select',
      customId: id,
    },
    ...more,
  })
  const choices = [
    { self: 'x', id: '10', value: 'S1' },
    { self: 'x', id: '11', value: 'S2', disabled: true },
    { self: 'x', id: '12', value: 'S3', disabled: false },
  ]

  test('have the priorities and the select fields of their create screen, each with its values', async () => {
    const server = await startScreen([
      { ...priority, allowedValues: [{ id: '2', name: 'High', iconUrl: 'x' }] },
      custom(10_050, 'Severity', { allowedValues: choices }),
      custom(10_051, 'Cities', { schema: { type: 'array', items: 'option' }, allowedValues: choices }),
      custom(10_052, 'Named', { allowedValues: [{ id: '7', name: 'Seven' }] }),
      custom(10_053, 'Without values', { allowedValues: [] }),
    ])
    expect(await jiraAt(server.url).creatable('A/B', never)).toEqual([
      {
        id: '1',
        name: 'Task',
        subtask: false,
        priorities: [{ id: '2', name: 'High' }],
        selects: [
          {
            field: { id: 'customfield_10050', name: 'Severity' },
            values: [
              { id: '10', name: 'S1' },
              { id: '12', name: 'S3' },
            ],
          },
          { field: { id: 'customfield_10052', name: 'Named' }, values: [{ id: '7', name: 'Seven' }] },
        ],
        demands: [],
      },
    ])
  })

  test('have no priorities where the screen has no such field', async () => {
    const server = await startScreen([])
    expect(await jiraAt(server.url).creatable('A/B', never)).toMatchObject([{ priorities: [], selects: [] }])
  })

  test('tell what the screen demands, has no default for, and we do not fill in', async () => {
    const required = { required: true, hasDefaultValue: false }
    const server = await startScreen([
      { ...priority, fieldId: 'summary', name: 'Summary', ...required },
      { ...priority, ...required },
      { ...priority, fieldId: 'reporter', name: 'Reporter', required: true },
      custom(1, 'Severity', required),
      { ...priority, fieldId: 'duedate', name: 'Due date', ...required },
    ])
    const demandsOf = async (watchedField: string): Promise<readonly string[] | undefined> =>
      (await jiraAt(server.url, { watchedField }).creatable('A/B', never))[0]?.demands
    expect(await demandsOf('priority')).toEqual(['Severity', 'Due date'])
    expect(await demandsOf('customfield_1')).toEqual(['Priority', 'Due date'])
  })
})

describe('what the server says of itself', () => {
  const info = { version: '1001.0.0', deploymentType: 'Cloud', unknownToUs: { a: 1 } }
  const date = 'Sun, 27 Sep 2026 08:06:00 GMT'

  test('is its kind, version and own clock', async () => {
    const body = { ...info, serverTime: '2026-09-27T10:05:59.123+0200' }
    const server = await startRawServer((response) => answerJson(response, body, { headers: { date } }))
    const facts = await jiraAt(server.url).server(never)
    expect(facts).toMatchObject({
      deployment: 'cloud',
      version: '1001.0.0',
      siteMs: Date.UTC(2026, 8, 27, 8, 5, 59, 123),
    })
    expect(facts.tookMs).toBeGreaterThan(0)
  })

  test('is timed by its Date where it does not tell its clock', async () => {
    const server = await startRawServer((response) => answerJson(response, info, { headers: { date } }))
    expect(await jiraAt(server.url).server(never)).toMatchObject({ siteMs: Date.UTC(2026, 8, 27, 8, 6) })
  })
})

test('permissions are asked for a project, and only a plain yes is one', async () => {
  const permissions = {
    BROWSE_PROJECTS: { id: '10', key: 'BROWSE_PROJECTS', havePermission: true },
    CREATE_ISSUES: { havePermission: false },
  }
  const server = await startRawServer((response) => answerJson(response, { permissions }))
  expect(await jiraAt(server.url).permissions('A B', never)).toEqual({
    browse: true,
    create: false,
    delete: false,
  })
  expect(server.requests[0]?.path).toBe(
    '/rest/api/3/mypermissions?projectKey=A+B&permissions=BROWSE_PROJECTS%2CCREATE_ISSUES%2CDELETE_ISSUES',
  )
})

test('an approximate count is Jira’s number', async () => {
  const server = await startRawServer((response) => answerJson(response, { count: 153 }))
  expect(await jiraAt(server.url).approximateCount('updated >= 0', never)).toBe(153)
})

test.each(['', 'jira', 'ftp://x.test', 'https://ada:secret@x.test', 'http://jira.example.com'])(
  'the address %j is refused',
  (url) => {
    const build = (): unknown =>
      createCloudJira({ url, email: 'a@b.c', apiToken: 't', clock: createJumpClock() })
    expect(build).toThrow(expect.objectContaining({ code: 'not-configured' }))
    expect(build).not.toThrow(/secret/)
  },
)
