import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addIssue, keysFor, manualClock, openTestSite } from '../../test-support/site.ts'
import { startPast } from '../history/past.ts'
import { jqlContext } from '../search/search.ts'
import { issueKey, type IssueRecord } from '../issues/issue-record.ts'
import { editIssue } from '../issues/write-issue.ts'
import type { SandboxSite } from '../site.ts'
import { compileJql } from './compile.ts'
import { matchesText, readTextQuery } from './text-match.ts'

test('tickets are found by who reported them', () => {
  const site = openTestSite(manualClock(Date.UTC(2026, 5, 1, 12)))
  const { accountId } = site.identity
  addIssue(site)
  addIssue(site, { reporter: { accountId: `${accountId}-2` } })
  expect(keysFor(site, 'reporter = currentUser()')).toEqual(['TPM-1'])
  expect(keysFor(site, 'reporter = Monitoring')).toEqual(['TPM-2'])
  expect(keysFor(site, `reporter in ("${accountId}-2", "demo@sandbox.example") ORDER BY reporter`)).toEqual([
    'TPM-1',
    'TPM-2',
  ])
  expect(keysFor(site, 'reporter != Monitoring')).toEqual(['TPM-1'])
  expect(keysFor(site, 'creator = currentUser() ORDER BY key')).toEqual(['TPM-1', 'TPM-2'])
  editIssue(site, site.issues.find('TPM-2') as IssueRecord, { fields: { summary: 'Another' } })
  expect(keysFor(site, 'reporter = Monitoring')).toEqual(['TPM-2'])
  site.db.close()
})

function fail(error: unknown): never {
  throw error
}

test('tickets of a past are found by how far they have come', async () => {
  const site = openTestSite(manualClock(Date.UTC(2026, 5, 1, 12)))
  const plan = { seed: 1, historyTickets: 300, historyHours: 200, historyWeeks: 0 }
  await startPast(site, plan, fail).from(0)
  const [toDo, begun, done] = [10_000, 10_001, 10_002]
  const [fixed, wontDo, duplicate] = [10_000, 10_001, 10_002]
  const cases: [string, (issue: IssueRecord) => boolean][] = [
    ['status = "To Do"', ({ statusId }) => statusId === toDo],
    ['status in (Done, 10001)', ({ statusId }) => statusId === done || statusId === begun],
    ['status != Done', ({ statusId }) => statusId !== done],
    ['status was "In Progress"', ({ statusId }) => statusId !== toDo],
    ['status was not Done', ({ statusId }) => statusId !== done],
    ['resolution is EMPTY', ({ resolutionId }) => resolutionId === null],
    ['resolution is not EMPTY', ({ statusId }) => statusId === done],
    ['resolution in (Duplicate, Unresolved)', (issue) => [null, duplicate].includes(issue.resolutionId)],
    // As in Jira, of what has none nothing is known.
    ['resolution != Done', ({ resolutionId }) => [wontDo, duplicate].includes(resolutionId ?? 0)],
    ['resolution was Done', ({ resolutionId }) => resolutionId === fixed],
    ['resolution was not Unresolved', () => false],
  ]
  const all = site.issues.all()
  const sizes: number[] = []
  for (const [jql, isFound] of cases) {
    const keys = all.filter(isFound).map(issueKey)
    expect([jql, keysFor(site, `${jql} ORDER BY key`, { maxResults: 1_000 })]).toEqual([jql, keys])
    sizes.push(keys.length)
  }
  // All but the last find some, so that none of them holds of nothing.
  expect(sizes.filter((size) => size > 5)).toHaveLength(cases.length - 1)
  expect(keysFor(site, 'project = TPM ORDER BY status DESC, resolution, key', { maxResults: 1 })).toEqual([
    all.filter(({ resolutionId }) => resolutionId === fixed).map(issueKey)[0],
  ])
  site.db.close()
})

describe('what every new ticket has alike, its type and its summary', () => {
  let site: SandboxSite

  beforeEach(() => {
    site = openTestSite(manualClock(Date.UTC(2026, 5, 1, 12)))
    addIssue(site, { summary: 'Checkout is slow', issuetype: { id: '10001' } })
    addIssue(site, {
      summary: 'Log-in fails after the release',
      issuetype: { id: '10002' },
      labels: ['customer'],
      components: [{ name: 'Accounts' }, { id: '10201' }],
    })
  })
  afterEach(() => site.db.close())

  const ALL = ['TPM-1', 'TPM-2']
  test.each([
    ['status = "To Do"', ALL],
    ['status = 10000', ALL],
    ['status in (Done, "In Progress")', []],
    ['status != Done', ALL],
    ['status not in ("to do")', []],
    ['status was "To Do"', ALL],
    ['status is EMPTY', []],
    ['resolution = Unresolved', ALL],
    ['resolution is EMPTY', ALL],
    ['resolution = EMPTY', ALL],
    ['resolution = Done', []],
    ['resolution != Done', []], // as in Jira, of what has none nothing is known
    ['resolution is not EMPTY', []],
    ['reporter = currentUser()', ALL],
    ['reporter in ("demo@sandbox.example")', ALL],
    ['reporter = "Sandbox User"', ALL],
    ['creator = currentUser()', ALL],
    ['reporter != currentUser()', []],
    ['assignee is EMPTY', ALL],
    ['assignee = currentUser()', []],
    ['component = Accounts', ['TPM-2']],
    ['component in (search, Checkout)', ['TPM-2']],
    ['component = 10202 AND component = 10201', ['TPM-2']],
    ['component != Checkout', ['TPM-2']], // as in Jira, not what has none
    ['component not in (Accounts)', []],
    ['component is EMPTY', ['TPM-1']],
    ['component is not EMPTY', ['TPM-2']],
    ['component in (Accounts, EMPTY)', ALL],
    ['issuetype = Bug', ['TPM-2']],
    ['type in (Task, Bug)', ALL],
    ['issuetype != 10002', ['TPM-1']],
    ['summary ~ slow', ['TPM-1']],
    ['summary ~ "SLOW checkout"', ['TPM-1']],
    ['summary ~ "\\"slow checkout\\""', []],
    ['summary ~ "\\"is slow\\""', ['TPM-1']],
    ['summary ~ "check*"', ['TPM-1']],
    ['summary ~ "l?g-in"', ['TPM-2']],
    ['summary !~ slow', ['TPM-2']],
    ['summary ~ check', []],
    ['summary ~ slow OR type = Bug', ALL],
  ])('%s', (jql, keys) => {
    expect(keysFor(site, jql).toSorted()).toEqual(keys)
  })

  test.each([
    ['status = Doing', "The value 'Doing' does not exist for the field 'status'."],
    [
      'reporter = "nobody@example.com"',
      "The value 'nobody@example.com' does not exist for the field 'reporter'.",
    ],
    ['resolution = 4711', "A value with ID '4711' does not exist for the field 'resolution'."],
    ['component = Nothing', "The value 'Nothing' does not exist for the field 'component'."],
    ['component > Search', "The operator '>' is not supported by the 'component' field."],
    ['issuetype = Epic', "The value 'Epic' does not exist for the field 'issuetype'."],
    ['reporter = membersOf(staff)', "Unable to find JQL function 'membersOf(staff)'."],
    ['status = currentUser()', "Unable to find JQL function 'currentUser()'."],
    ['summary = slow', "The operator '=' is not supported by the 'summary' field."],
    ['status > Done', "The operator '>' is not supported by the 'status' field."],
    ['summary ~ "..."', "The text query '...' for field 'summary' is empty."],
  ])('refuses %s', (jql, sentence) => {
    expect(() => compileJql(jql, jqlContext(site, site.clock.now()))).toThrow(sentence)
  })

  test.each([
    ['ORDER BY summary', ['TPM-1', 'TPM-2']],
    ['ORDER BY type DESC, status', ['TPM-2', 'TPM-1']],
  ])('project = TPM %s', (order, keys) => {
    expect(keysFor(site, `project = TPM ${order}`)).toEqual(keys)
  })
})

test('a text is found by its words, in any script', () => {
  const query = readTextQuery('größe "ein test"', 'summary')
  if (typeof query === 'string') throw new Error(query)
  expect(matchesText('Nur ein Test der GRÖSSE: Größe', query)).toBe(true)
  expect(matchesText('Größe, Test ein', query)).toBe(false)
})
