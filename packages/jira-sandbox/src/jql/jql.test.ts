import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JiraRefusal } from '../http/jira-error.ts'
import { editIssue } from '../issues/write-issue.ts'
import { searchPage } from '../search/search.ts'
import type { SandboxSite } from '../site.ts'
import { addIssue, keysFor, manualClock, openTestSite, type ManualClock } from '../../test-support/site.ts'

const START = Date.UTC(2026, 5, 1, 12)
const MINUTE = 60_000

describe('JQL', () => {
  let clock: ManualClock
  let site: SandboxSite

  /** TPM-1 Highest, TPM-2 High, TPM-3 Low then raised to High, TPM-4 Highest then lowered to Medium, OPS-1 Lowest. */
  beforeEach(() => {
    clock = manualClock(START)
    site = openTestSite(clock, {
      projects: [
        { key: 'TPM', name: 'Tickets per minute' },
        { key: 'OPS', name: 'Operations' },
      ],
    })
    const make = (minute: number, fields: Record<string, unknown>): void => {
      clock.set(START + minute * MINUTE)
      addIssue(site, fields)
    }
    make(0, { priority: { id: '1' }, labels: ['jira-tpm', 'jira-tpm-aaaa'] })
    make(1, { priority: { id: '2' }, labels: ['jira-tpm', 'jira-tpm-bbbb'] })
    make(2, { priority: { id: '4' } })
    make(3, { priority: { id: '1' }, labels: ['other'] })
    make(4, { priority: { id: '5' }, project: { key: 'OPS' } })
    const edit = (minute: number, key: string, priorityId: string): void => {
      clock.set(START + minute * MINUTE)
      const issue = site.issues.find(key)
      if (issue !== undefined) editIssue(site, issue, { fields: { priority: { id: priorityId } } })
    }
    edit(5, 'TPM-3', '2')
    edit(6, 'TPM-4', '3')
    clock.set(START + 10 * MINUTE)
  })
  afterEach(() => site.db.close())

  const ALL = ['OPS-1', 'TPM-1', 'TPM-2', 'TPM-3', 'TPM-4']

  test.each([
    ['project = TPM', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4']],
    ['project = "tickets per minute"', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4']],
    ['project = 10001', ['OPS-1']],
    ['project != TPM', ['OPS-1']],
    ['project in (TPM, OPS)', ALL],
    ['project not in (OPS)', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4']],
    ['project is not EMPTY', ALL],
    ['project is EMPTY', []],

    ['priority = 1', ['TPM-1']],
    ['priority = highest', ['TPM-1']],
    ['priority in (1, High)', ['TPM-1', 'TPM-2', 'TPM-3']],
    ['priority != High', ['OPS-1', 'TPM-1', 'TPM-4']],
    ['priority not in (1, 2)', ['OPS-1', 'TPM-4']],
    ['priority >= High', ['TPM-1', 'TPM-2', 'TPM-3']],
    ['priority < Medium', ['OPS-1']],
    ['priority was 1', ['TPM-1', 'TPM-4']],
    ['priority was not 1', ['OPS-1', 'TPM-2', 'TPM-3']],
    ['priority was in (1, 4)', ['TPM-1', 'TPM-3', 'TPM-4']],
    ['priority was not in (1, 2)', ['OPS-1']],
    ['priority was in (1,2) AND priority not in (1,2)', ['TPM-4']],

    ['labels = jira-tpm', ['TPM-1', 'TPM-2']],
    ['labels = "jira-tpm-bbbb"', ['TPM-2']],
    ['labels in (jira-tpm-aaaa, other)', ['TPM-1', 'TPM-4']],
    // Jira leaves tickets without any label out of a negative search.
    ['labels != jira-tpm', ['TPM-4']],
    ['labels not in (jira-tpm-aaaa)', ['TPM-2', 'TPM-4']],
    ['labels is EMPTY', ['OPS-1', 'TPM-3']],
    ['labels is not null', ['TPM-1', 'TPM-2', 'TPM-4']],
    ['labels in (other, EMPTY)', ['OPS-1', 'TPM-3', 'TPM-4']],
    ['labels = unheard-of', []],

    ['key = TPM-2', ['TPM-2']],
    ['key = tpm-2', ['TPM-2']],
    ['issuekey in (TPM-1, OPS-1)', ['OPS-1', 'TPM-1']],
    ['id = 10001', ['TPM-2']],
    ['id in (10000, 10004)', ['OPS-1', 'TPM-1']],
    ['key > TPM-2', ['TPM-3', 'TPM-4']],
    ['key != TPM-1 AND key not in (TPM-2)', ['OPS-1', 'TPM-3', 'TPM-4']],

    [`created >= ${START + 3 * MINUTE}`, ['OPS-1', 'TPM-4']],
    [`created > ${START + 3 * MINUTE}`, ['OPS-1']],
    [`created < ${START + MINUTE}`, ['TPM-1']],
    [`created = ${START}`, ['TPM-1']],
    [`created != ${START} AND created <= ${START + 2 * MINUTE}`, ['TPM-2', 'TPM-3']],
    [`updated >= ${START + 5 * MINUTE}`, ['TPM-3', 'TPM-4']],
    ['updated >= 0', ALL],
    ['created >= "2026/06/01 12:03"', ['OPS-1', 'TPM-4']],
    ['created >= "2026-06-01 12:03" AND createdDate < "2026-06-01 12:04"', ['TPM-4']],
    ['created >= 2026-06-01', ALL],
    ['created >= "2026/06/02"', []],
    ['created >= -7m', ['OPS-1', 'TPM-4']],
    ['created >= "-7"', ['OPS-1', 'TPM-4']],
    ['created >= -7', ['OPS-1', 'TPM-4']],
    ['created >= "-1h 5m"', ALL],
    ['created <= -8m', ['TPM-1', 'TPM-2', 'TPM-3']],
    ['updated > -4h AND updated > -2d AND updated > -1w', ALL],
    ['created < now()', ALL],

    ['project = TPM AND (priority = 1 OR labels is EMPTY)', ['TPM-1', 'TPM-3']],
    ['project = OPS OR project = TPM AND priority = 1', ['OPS-1', 'TPM-1']],
    ['NOT project = TPM', ['OPS-1']],
    ['NOT (project = OPS OR priority = 1)', ['TPM-2', 'TPM-3', 'TPM-4']],
    ['! project = OPS && priority = 1 || key = OPS-1', ['OPS-1', 'TPM-1']],
    ["project = 'TPM' and Priority IN (1)", ['TPM-1']],
    ['"project" = TPM\nAND priority = 1', ['TPM-1']],
    ['labels = jira\\u002dtpm', ['TPM-1', 'TPM-2']],
  ])('%s finds what it says', (jql, keys) => {
    expect(keysFor(site, jql).toSorted()).toEqual(keys)
  })

  test.each([
    ['project is not EMPTY ORDER BY created', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'OPS-1']],
    ['project is not EMPTY ORDER BY created DESC', ['OPS-1', 'TPM-4', 'TPM-3', 'TPM-2', 'TPM-1']],
    ['project is not EMPTY order by updated asc, key asc', ['TPM-1', 'TPM-2', 'OPS-1', 'TPM-3', 'TPM-4']],
    ['project is not EMPTY ORDER BY key DESC', ['TPM-4', 'TPM-3', 'TPM-2', 'TPM-1', 'OPS-1']],
    ['project is not EMPTY ORDER BY id', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'OPS-1']],
    // DESC is the most urgent first.
    ['project is not EMPTY ORDER BY priority DESC, key', ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'OPS-1']],
    ['project is not EMPTY ORDER BY priority, created DESC', ['OPS-1', 'TPM-4', 'TPM-3', 'TPM-2', 'TPM-1']],
    ['project is not EMPTY', ['OPS-1', 'TPM-4', 'TPM-3', 'TPM-2', 'TPM-1']],
  ])('%s comes in that order', (jql, keys) => {
    expect(keysFor(site, jql)).toEqual(keys)
    expect(keysOneByOne(site, jql)).toEqual(keys)
  })

  test.each([
    ['', 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'],
    [
      '  ORDER BY created',
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    ],
    ['colour = red', "Field 'colour' does not exist or you do not have permission to view it."],
    ['project = NOPE', "The value 'NOPE' does not exist for the field 'project'."],
    ['project = 99', "A value with ID '99' does not exist for the field 'project'."],
    ['priority in (1, Urgent)', "The value 'Urgent' does not exist for the field 'priority'."],
    ['priority = 7', "A value with ID '7' does not exist for the field 'priority'."],
    ['priority was Urgent', "The value 'Urgent' does not exist for the field 'priority'."],
    ['priority ~ High', "The operator '~' is not supported by the 'priority' field."],
    ['project > TPM', "The operator '>' is not supported by the 'project' field."],
    ['labels was x', "History searches do not support the 'labels' field."],
    ['key = TPM-99', "An issue with key 'TPM-99' does not exist for field 'key'."],
    ['id = 99', "A value with ID '99' does not exist for the field 'id'."],
    ['created >= lastLogin()', "Unable to find JQL function 'lastLogin()'."],
    ['priority = EMPTY', "The field 'priority' does not support searching for EMPTY values."],
    ['priority in 1', "Operator 'in' does not support the non-list value for field 'priority'."],
    ['priority = (1, 2)', "Operator '=' does not support the list value for field 'priority'."],
    ['project = TPM ORDER BY labels', "Not able to sort using field 'labels'."],
    [
      'project = TPM ORDER BY created, key, created',
      "The sort field 'created' is referenced multiple times in the JQL sort.",
    ],
    ['project = TPM AND', 'Error in the JQL Query: Expecting a field name at the end of the query.'],
    [
      'non-parsable query',
      "Error in the JQL Query: Expecting operator but got 'query'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 14)",
    ],
    [
      'project =',
      'Error in the JQL Query: Expecting either a value, list or function before the end of the query.',
    ],
    [
      'project = TPM key = 1',
      "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'key'. (line 1, character 15)",
    ],
    ['(project = TPM', "Error in the JQL Query: Expecting ')' before the end of the query."],
    [
      '(project = TPM ORDER BY key)',
      "Error in the JQL Query: Expecting ')' but got 'ORDER'. (line 1, character 16)",
    ],
    [
      'project = TPM\nAND priority in (1, 2',
      "Error in the JQL Query: Expecting ')' before the end of the query.",
    ],
    [
      'project = "TPM',
      "Error in the JQL Query: The quoted string 'TPM' has not been completed. (line 1, character 11)",
    ],
    [
      'project = a@b',
      "Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string or use the escape '\\u0040' instead. (line 1, character 12)",
    ],
    [
      'project = order',
      "Error in the JQL Query: 'order' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 11)",
    ],
  ])('%s is refused in Jira’s words', (jql, message) => {
    expect(refusals(site, jql)[0]).toBe(message)
  })

  test.each([
    [
      'created >= yesterday',
      /^Date value 'yesterday' for field 'created' is invalid\. Valid formats include: /,
    ],
    ['created >= "2026-06-01 12:00:30"', /^Date value '2026-06-01 12:00:30' for field 'created' is invalid/],
    ['created >= "2026-02-30"', /^Date value '2026-02-30' for field 'created' is invalid/],
    ['created >= "2026-06/01"', /^Date value '2026-06\/01' for field 'created' is invalid/],
    [
      'project',
      /^Error in the JQL Query: Expecting operator before the end of the query\. The valid operators are '=', /,
    ],
    ['project = TPM\nAND = 3', /Expecting a field name but got '='\..*\(line 2, character 5\)$/],
    ['project = "a\\q"', /is an illegal JQL escape sequence/],
  ])('%s is refused with advice', (jql, message) => {
    expect(refusals(site, jql)[0]).toMatch(message)
  })

  test.each([
    ['parentheses', `${'('.repeat(5_000)}project = TPM${')'.repeat(5_000)}`],
    ['negations', `${'NOT '.repeat(5_000)}project = TPM`],
    ['clauses', Array.from({ length: 2_000 }, () => 'priority = 1').join(' OR ')],
    ['values', `labels in (${'a,'.repeat(40_000)}a)`],
  ])('a query of too many %s is refused', (_what, jql) => {
    expect(refusals(site, jql)[0]).toMatch(/^The JQL query is too complex/)
  })

  test('a query of many ids is none of these', () => {
    const ids = Array.from({ length: 5_000 }, (_, n) => `run-${n}`).join(', ')
    expect(keysFor(site, `labels in (${ids}, jira-tpm)`)).toEqual(['TPM-2', 'TPM-1'])
  })

  test('every mistake of a query is named at once', () => {
    expect(refusals(site, 'project = NOPE AND colour = red ORDER BY labels')).toHaveLength(3)
  })

  test('a sort by more than seven fields is refused', () => {
    const fields = ['created', 'updated', 'key', 'priority', 'id', 'created', 'updated', 'key'].join(', ')
    expect(refusals(site, `project = TPM ORDER BY ${fields}`)[0]).toBe(
      'The maximum number of sort fields is 7.',
    )
  })
})

/** What Jira's 400 says to a query. */
function refusals(site: SandboxSite, jql: string): readonly string[] {
  try {
    keysFor(site, jql)
  } catch (error) {
    if (!(error instanceof JiraRefusal) || error.status !== 400) throw error
    return (error.body as { errorMessages: string[] }).errorMessages
  }
  throw new Error(`${jql} was not refused`)
}

function keysOneByOne(site: SandboxSite, jql: string): string[] {
  const keys: string[] = []
  let nextPageToken: string | undefined
  do {
    const page = searchOne(site, jql, nextPageToken)
    keys.push(...page.keys)
    nextPageToken = page.nextPageToken
  } while (nextPageToken !== undefined)
  return keys
}

function searchOne(
  site: SandboxSite,
  jql: string,
  token: string | undefined,
): { keys: string[]; nextPageToken?: string } {
  const page = searchPage(site, {
    jql,
    maxResults: 1,
    ...(token !== undefined && { nextPageToken: token }),
  }) as {
    issues: { key: string }[]
    nextPageToken?: string
  }
  return { ...page, keys: page.issues.map(({ key }) => key) }
}
