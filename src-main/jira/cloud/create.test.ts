import { expect, test } from 'vitest'
import type { NewTicket } from '../jira.ts'
import { answerJson, jiraAt, startRawServer, type Behaviour } from '../../../test-support/jira/jira.ts'

const never = new AbortController().signal
const TICKET: NewTicket = {
  projectKey: 'TPM',
  issueTypeId: '10001',
  priorityId: '2',
  title: 'Checkout is down',
  paragraphs: ['Since ten.', ''],
  labels: ['jira-tpm'],
  properties: [{ key: 'jira-tpm', value: { run: 'abcdefgh', slot: 3 } }],
}
const created = { id: '10042', key: 'TPM-42', self: 'http://127.0.0.1/rest/api/3/issue/10042' }

test('sends ids, an ADF description, labels and the property to REST v3', async () => {
  const server = await startRawServer((response) => answerJson(response, created, { status: 201 }))
  expect(await jiraAt(server.url).create(TICKET, never)).toEqual({ id: '10042', key: 'TPM-42' })
  expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/rest/api/3/issue' })
  expect(server.requests[0]?.body).toEqual({
    fields: {
      project: { key: 'TPM' },
      issuetype: { id: '10001' },
      priority: { id: '2' },
      summary: 'Checkout is down',
      description: {
        type: 'doc',
        version: 1,
        content: [
          { type: 'paragraph', content: [{ type: 'text', text: 'Since ten.' }] },
          { type: 'paragraph', content: [] },
        ],
      },
      labels: ['jira-tpm'],
    },
    properties: [{ key: 'jira-tpm', value: { run: 'abcdefgh', slot: 3 } }],
  })
})

test('leaves the priority out where there is none to give', async () => {
  const server = await startRawServer((response) => answerJson(response, created, { status: 201 }))
  await jiraAt(server.url).create({ ...TICKET, priorityId: '' }, never)
  expect(server.requests[0]?.body).not.toHaveProperty('fields.priority')
})

test('writes a severity where that is watched, and leaves the priority to its default', async () => {
  const server = await startRawServer((response) => answerJson(response, created, { status: 201 }))
  const jira = jiraAt(server.url, { watchedField: 'customfield_10050' })
  await jira.create({ ...TICKET, priorityId: '10' }, never)
  expect(server.requests[0]?.body).toHaveProperty('fields.customfield_10050', { id: '10' })
  expect(server.requests[0]?.body).not.toHaveProperty('fields.priority')
})

const mayBeMade: [string, Behaviour][] = [
  ['a reset', (response) => response.socket?.resetAndDestroy()],
  ['a 502', (response) => response.writeHead(502).end('<html>')],
  ['a 503 with Retry-After', (response) => response.writeHead(503, { 'retry-after': '1' }).end()],
  ['cut JSON', (response) => response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"1')],
  ['no key', (response) => answerJson(response, { id: '10042' }, { status: 201 })],
  ['silence', () => {}],
]
test.each(mayBeMade)('is ambiguous after %s, and sent once', async (_what, behave) => {
  const server = await startRawServer(behave)
  const call = jiraAt(server.url, { timeouts: { callMs: 200 } }).create(TICKET, never)
  await expect(call).rejects.toMatchObject({ code: 'ambiguous', retryable: false })
  expect(server.requests).toHaveLength(1)
})

test('is ambiguous when it is given up under way', async () => {
  const stop = new AbortController()
  const server = await startRawServer(() => stop.abort())
  await expect(jiraAt(server.url).create(TICKET, stop.signal)).rejects.toMatchObject({ code: 'ambiguous' })
})

test('is sent again after a 429', async () => {
  const server = await startRawServer((response, _request, n) =>
    n === 0 ? answerJson(response, {}, { status: 429 }) : answerJson(response, created, { status: 201 }),
  )
  expect(await jiraAt(server.url).create(TICKET, never)).toEqual({ id: '10042', key: 'TPM-42' })
  expect(server.requests).toHaveLength(2)
})

test('never leaves where it may not any more, also not for its second sending', async () => {
  const server = await startRawServer((response) => answerJson(response, {}, { status: 429 }))
  const jira = jiraAt(server.url)
  await expect(jira.create(TICKET, never, () => false)).rejects.toMatchObject({ code: 'cancelled' })
  expect(server.requests).toHaveLength(0)
  let asked = 0
  const once = (): boolean => ++asked === 1
  await expect(jira.create(TICKET, never, once)).rejects.toMatchObject({ code: 'cancelled' })
  expect(server.requests).toHaveLength(1)
})

test('that Jira refuses, or that reached nobody, is known not to have made a ticket', async () => {
  const server = await startRawServer((response) =>
    answerJson(response, { errorMessages: [], errors: { summary: 'Too long' } }, { status: 400 }),
  )
  const jira = jiraAt(server.url)
  await expect(jira.create(TICKET, never)).rejects.toMatchObject({ code: 'jira-refused' })
  await server.close()
  await expect(jira.create(TICKET, never)).rejects.toMatchObject({ code: 'jira-unreachable' })
})
