import { execFile, spawnSync } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../test-support/server.ts'

/** Debian's first: a python3 that comes before it in the path does not see its packages. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import jira'], { stdio: 'ignore' }).status === 0,
)
if (PYTHON === undefined) {
  console.error(
    '\nNOTHING IS TESTED WITH PYTHON-JIRA: there is no python3 here that can import jira. On Debian: apt-get install python3-jira\n',
  )
}

const SCRIPT = path.join(import.meta.dirname, '..', 'test-support', 'python-jira.py')

let sandbox: TestServer
afterEach(() => sandbox.stop())

async function run(user: string): Promise<unknown> {
  const args = [SCRIPT, sandbox.url, user, sandbox.apiToken]
  const { stdout } = await promisify(execFile)(PYTHON ?? '', args, { timeout: 60_000 })
  return JSON.parse(stdout) as unknown
}

const PAST = 8
const KEYS = Array.from({ length: PAST + 2 }, (_, n) => `TPM-${n + 1}`)
const [FIRST = '', SECOND = ''] = KEYS.slice(PAST)
const BOTH = [FIRST, SECOND].toSorted()

describe.skipIf(PYTHON === undefined)('python-jira, as it comes', () => {
  test.each([
    ['cloud', 'Cloud', ({ email }: TestServer) => email],
    ['data-center', 'Server', () => 'demo'],
  ] as const)('reads, searches and writes: %s', async (deployment, deploymentType, userOf) => {
    sandbox = await startTestServer({ deployment, historyTickets: PAST })
    expect(await run(userOf(sandbox))).toMatchObject({
      deployment: deploymentType,
      me: 'Sandbox User',
      fields: expect.arrayContaining([
        'summary',
        'status',
        'issuetype',
        'resolution',
        'reporter',
        'issuekey',
      ]),
      issueTypes: ['Task', 'Bug', 'Sub-task', 'Incident', 'Service request'],
      statuses: ['To Do', 'In Progress', 'Done'],
      resolutions: ['Done', "Won't Do", 'Duplicate'],
      priorities: ['Highest', 'High', 'Medium', 'Low', 'Lowest'],
      projects: ['TPM'],
      project: 'Tickets per minute',
      total: KEYS.length,
      everything: KEYS,
      paged: KEYS,
      found: {
        summary: 'Log-in fails again',
        status: 'To Do',
        reporter: 'Sandbox User',
        resolution: null,
        hasCreated: true,
      },
      description: 'Since noon.',
      first: FIRST,
      second: SECOND,
      queries: {
        'status = "To Do"': BOTH,
        'status = Done': [],
        'issuetype = Bug': [FIRST],
        'summary ~ slow': [FIRST],
        'summary ~ "log-in again"': [SECOND],
        'reporter = currentUser()': BOTH,
        'resolution = Unresolved': BOTH,
        'resolution is EMPTY': BOTH,
        'labels = blue': [SECOND],
        'created >= -1h': BOTH,
        'created <= -1h': [],
        'created >= startOfDay() AND created <= endOfDay()': BOTH,
        'updated >= -5m': BOTH,
        'created > "2020/01/01 10:00"': BOTH,
      },
      refusals: {
        'colour = red': REFUSED,
        'project = nextSprint()': REFUSED,
        'created ~ x': REFUSED,
        'created > yesterday': REFUSED,
        'labels = (': REFUSED,
      },
    })
    expect(sandbox.bugs).toEqual([])
  })
})

/** With validate_query, and without. */
const REFUSED = [
  [400, expect.any(String)],
  [400, expect.any(String)],
]
