import { expect, test } from 'vitest'
import type { AppError } from '../../src-shared/errors/app-error.ts'
import { createDataCenterJira } from './data-center/data-center.ts'
import {
  answerJson,
  createJumpClock,
  jiraAt,
  startRawServer,
  TEST_TOKEN,
} from '../../test-support/jira/jira.ts'
import { alike, never, TICKET, TWO_PROJECTS } from '../../test-support/jira/both.ts'

test('by their keys, also an old one, with an issue property; a key that was never given is left out', async () => {
  const given = await alike({ settings: { projects: TWO_PROJECTS } }, async ({ jira, server }) => {
    await jira.create(TICKET, never)
    await jira.create({ ...TICKET, properties: [] }, never)
    await server.move('TPM-1', 'OPS')
    const asked = ['TPM-1', 'TPM-2', 'TPM-3', 'NONE-1']
    const tickets = await jira.byIds(asked, never, 'jira-tpm')
    const [bare] = await jira.byIds(['TPM-1'], never)
    return {
      tickets: tickets.map(({ key, labels, property }) => ({ key, labels, property })),
      bare: bare?.property,
    }
  })
  expect(given).toEqual({
    tickets: [
      { key: 'OPS-1', labels: TICKET.labels, property: { run: 'a', slot: 3 } },
      { key: 'TPM-2', labels: TICKET.labels, property: undefined },
    ],
    bare: undefined,
  })
})

test('by their keys, tickets of a hidden project are left out, too', async () => {
  const given = await alike({ settings: { projects: TWO_PROJECTS } }, async ({ jira, server }) => {
    await jira.create(TICKET, never)
    await jira.create({ ...TICKET, projectKey: 'OPS' }, never)
    await server.setSettings({ hiddenProjects: ['OPS'] })
    return (await jira.byIds(['TPM-1', 'OPS-1'], never, 'jira-tpm')).map(({ key }) => key)
  })
  expect(given).toEqual(['TPM-1'])
})

test('a ticket is deleted, with no other; one that is gone is told from one that was there', async () => {
  const given = await alike({}, async ({ jira, server }) => {
    const { id } = await jira.create(TICKET, never)
    await jira.create(TICKET, never)
    const answers = [await jira.deleteTicket(id, never), await jira.deleteTicket(id, never)]
    return { answers, left: (await server.truth()).map(({ key }) => key) }
  })
  expect(given).toEqual({ answers: [true, false], left: ['TPM-2'] })
})

test('a ticket that may not be deleted is refused; one that is hidden is not there', async () => {
  const given = await alike({}, async ({ jira, server }) => {
    const { id } = await jira.create(TICKET, never)
    await server.setSettings({ permissions: { delete: false } })
    const refused = await jira.deleteTicket(id, never).catch((error: unknown) => error)
    await server.setSettings({ permissions: {}, hiddenProjects: ['TPM'] })
    const hidden = await jira.deleteTicket(id, never)
    return { refused: (refused as AppError).code, hidden, left: (await server.truth()).length }
  })
  expect(given).toEqual({ refused: 'jira-refused', hidden: false, left: 1 })
})

test.each(['reset-after', 'applied-500', 'status-503', 'status-429', 'reset-before'] as const)(
  'a deletion that was answered with %s is sent again, which does no harm',
  async (kind) => {
    const given = await alike({}, async ({ jira, server }) => {
      const { id } = await jira.create(TICKET, never)
      await server.setFaults([{ match: { method: 'DELETE' }, kind, times: 1 }])
      await jira.deleteTicket(id, never)
      return (await server.truth()).length
    })
    expect(given).toBe(0)
  },
)

test('a ticket with sub-tasks is not deleted, and they neither', async () => {
  const asked: string[] = []
  const server = await startRawServer((response, { method, path }) => {
    asked.push(`${method} ${path}`)
    answerJson(response, { errorMessages: ['The issue has subtasks.'] }, { status: 400 })
  })
  const cloud = jiraAt(server.url)
  const dataCenter = createDataCenterJira({ url: server.url, token: TEST_TOKEN, clock: createJumpClock() })
  for (const jira of [cloud, dataCenter]) {
    await expect(jira.deleteTicket('7', never)).rejects.toMatchObject({
      code: 'jira-refused',
      message: expect.stringContaining('subtasks'),
    })
  }
  expect(asked).toEqual([
    'DELETE /rest/api/3/issue/7?deleteSubtasks=false',
    'DELETE /rest/api/2/issue/7?deleteSubtasks=false',
  ])
})

test('a ticket that is said to be gone is believed to be only if Jira still knows us', async () => {
  const server = await startRawServer((response, { path }) =>
    path.endsWith('/myself')
      ? response.writeHead(401).end()
      : answerJson(response, { errorMessages: ['Issue does not exist'] }, { status: 404 }),
  )
  const cloud = jiraAt(server.url)
  const dataCenter = createDataCenterJira({ url: server.url, token: TEST_TOKEN, clock: createJumpClock() })
  for (const jira of [cloud, dataCenter]) {
    await expect(jira.deleteTicket('7', never)).rejects.toMatchObject({ code: 'not-authenticated' })
  }
})
