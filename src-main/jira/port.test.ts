import { expect, test } from 'vitest'
import { searchPages, type FoundTicket } from './jira.ts'
import {
  alike,
  never,
  NOON_MS,
  openBoth,
  QUERY,
  TICKET,
  TWO_PROJECTS,
  type Opened,
} from '../../test-support/jira/both.ts'

async function makeFive({ jira, server }: Opened): Promise<void> {
  for (let n = 1; n <= 5; n++) {
    await jira.create({ ...TICKET, title: `Ticket ${n}`, priorityId: String(n) }, never)
    server.clock.set(server.clock.now() + 60_000)
  }
}

test('who we are, and for whom each page was answered', async () => {
  const given = await alike({ settings: { userZone: 'Asia/Kathmandu' } }, async ({ jira }) => {
    const { accountId, ...identity } = await jira.identity(never)
    const page = await jira.search(QUERY, never)
    const ids = await jira.searchIds(QUERY, never)
    return { ...identity, alike: page.accountId === accountId && ids.accountId === accountId }
  })
  expect(given).toMatchObject({ displayName: 'Sandbox User', timeZone: 'Asia/Kathmandu', alike: true })
})

test('what the server says of itself differs in what it is', async () => {
  for (const { jira } of await openBoth({})) {
    const facts = await jira.server(never)
    expect(facts.siteMs).toBe(NOON_MS)
    expect(facts.tookMs).toBeGreaterThan(0)
  }
  const kinds = (await openBoth({})).map(async ({ jira }) => (await jira.server(never)).deployment)
  expect(await Promise.all(kinds)).toEqual(['cloud', 'data-center'])
})

function unreported(ticket: FoundTicket): FoundTicket {
  return { ...ticket, reporterId: 'somebody' }
}

test('a ticket that is made is found by search, with its property, and by its id', async () => {
  const found = {
    key: 'TPM-1',
    title: 'The first one',
    priorityName: 'High',
    createdMs: NOON_MS,
    labels: ['run-1', 'tpm'],
    issueType: 'Task',
    components: [],
    rehearsed: false,
  }
  const given = await alike({}, async ({ jira }) => {
    const made = await jira.create(TICKET, never)
    const { tickets, siteMs } = await jira.search({ ...QUERY, property: 'jira-tpm' }, never)
    const byId = await jira.byIds([made.id], never)
    // Each kind knows people by ids of its own.
    expect(tickets[0]?.reporterId).toMatch(/^\w{13,}$/)
    expect(byId[0]?.reporterId).toBe(tickets[0]?.reporterId)
    return { made, tickets: tickets.map(unreported), siteMs, byId: byId.map(unreported) }
  })
  expect(given).toMatchObject({
    made: { key: 'TPM-1' },
    tickets: [{ ...found, property: { run: 'a', slot: 3 } }],
    siteMs: NOON_MS,
    byId: [found],
  })
})

test('a ticket that is not indexed yet shows where it is asked to be consistent about, and by its id', async () => {
  const given = await alike({ settings: { indexLag: { kind: 'fixed', ms: 60_000 } } }, async ({ jira }) => {
    const { id } = await jira.create(TICKET, never)
    const keysFor = async (reconcileIds: string[]): Promise<string[]> =>
      (await jira.search({ ...QUERY, reconcileIds }, never)).tickets.map(({ key }) => key)
    return [await keysFor([]), await keysFor([id]), (await jira.byIds([id], never)).map(({ key }) => key)]
  })
  expect(given).toMatchObject([[], ['TPM-1'], ['TPM-1']])
})

test('pages come to an end, and hold every ticket once', async () => {
  const given = await alike({}, async (opened) => {
    await makeFive(opened)
    const keys: string[] = []
    for await (const { tickets } of searchPages(opened.jira, QUERY, never))
      keys.push(...tickets.map(({ key }) => key))
    const jql = 'priority in (1, 2) AND created >= 0'
    const { ids, nextPageToken } = await opened.jira.searchIds({ jql, pageToken: null }, never)
    return {
      keys,
      ids: ids.toSorted(),
      nextPageToken,
      count: await opened.jira.approximateCount(jql, never),
    }
  })
  expect(given).toMatchObject({
    keys: ['TPM-1', 'TPM-2', 'TPM-3', 'TPM-4', 'TPM-5'],
    ids: ['10000', '10001'],
    nextPageToken: null,
    count: 2,
  })
})

test('by their ids, moved tickets come with their new key, and those that are gone not at all', async () => {
  const given = await alike({ settings: { projects: TWO_PROJECTS } }, async (opened) => {
    await makeFive(opened)
    await opened.server.move('TPM-2', 'OPS')
    await opened.server.remove('TPM-3')
    const tickets = await opened.jira.byIds(['10000', '10001', '10002', '4711'], never)
    return tickets.map(({ id, key, projectKey }) => ({ id, key, projectKey }))
  })
  expect(given).toMatchObject([
    { id: '10000', key: 'TPM-1', projectKey: 'TPM' },
    { id: '10001', key: 'OPS-1', projectKey: 'OPS' },
  ])
})

test('projects, priorities, and what can be created with which fields', async () => {
  const given = await alike(
    { settings: { severity: 'optional', requiredField: true } },
    async ({ jira }) => ({
      projects: await jira.projects(never),
      priorities: await jira.priorities(never),
      creatable: await jira.creatable('TPM', never),
    }),
  )
  expect(given).toMatchObject({
    projects: [{ key: 'TPM', name: 'Tickets per minute' }],
    priorities: [{ id: '1', name: 'Highest' }, { id: '2' }, { id: '3' }, { id: '4' }, { id: '5' }],
    creatable: [
      {
        id: '10001',
        priorities: [{ id: '1' }, {}, {}, {}, {}],
        selects: [{ field: { name: 'Severity' } }],
      },
      { name: 'Bug' },
      { name: 'Sub-task', subtask: true },
      { name: 'Incident' },
      { name: 'Service request' },
    ],
  })
})

test('permissions in a project', async () => {
  const given = await alike(
    { settings: { permissions: { create: true, delete: false } } },
    async ({ jira }) => jira.permissions('TPM', never),
  )
  expect(given).toMatchObject({ browse: true, create: true, delete: false })
})

test('a severity that is watched is what tickets get and are read by', async () => {
  const [{ jira } = {}] = await openBoth({ settings: { severity: 'optional' } })
  const [severity] = (await jira?.creatable('TPM', never))?.[0]?.selects ?? []
  const value = severity?.values[1]
  const given = await alike(
    { settings: { severity: 'optional' }, watchedField: severity?.field.id ?? '' },
    async (opened) => {
      await opened.jira.create({ ...TICKET, priorityId: value?.id ?? '' }, never)
      const [ticket] = (await opened.jira.search(QUERY, never)).tickets
      return { id: ticket?.priorityId, name: ticket?.priorityName }
    },
  )
  expect(given).toEqual(value)
})

test.each([
  ['a priority that does not exist', { priorityId: '99' }],
  ['a project that does not exist', { projectKey: 'NONE' }],
])('%s is refused, and no ticket is made', async (_what, wrong) => {
  for (const { jira, server } of await openBoth({})) {
    await expect(jira.create({ ...TICKET, ...wrong }, never)).rejects.toMatchObject({ code: 'jira-refused' })
    expect(await server.truth()).toEqual([])
  }
})

test('a create whose answer is lost may have made its ticket', async () => {
  for (const { jira, server } of await openBoth({})) {
    await server.setFaults([{ match: { method: 'POST', path: '/issue$' }, kind: 'reset-after', times: 1 }])
    await expect(jira.create(TICKET, never)).rejects.toMatchObject({ code: 'ambiguous' })
    expect(await server.truth()).toHaveLength(1)
  }
})

test.each(['refused', 'empty'] as const)(
  'an expired token (%s) is never an empty site',
  async (anonymous) => {
    for (const { jira, server } of await openBoth({ settings: { anonymous } })) {
      await jira.create(TICKET, never)
      await server.setSettings({ token: 'expired' })
      await expect(jira.search(QUERY, never)).rejects.toMatchObject({ code: 'not-authenticated' })
      await expect(jira.searchIds(QUERY, never)).rejects.toMatchObject({ code: 'not-authenticated' })
      await expect(jira.byIds(['10000'], never)).rejects.toMatchObject({ code: 'not-authenticated' })
      await expect(jira.approximateCount(QUERY.jql, never)).rejects.toMatchObject({
        code: 'not-authenticated',
      })
      await expect(jira.create(TICKET, never)).rejects.toMatchObject({ code: 'not-authenticated' })
      await expect(jira.deleteTicket('10000', never)).rejects.toMatchObject({ code: 'not-authenticated' })
    }
  },
)
