import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSandboxDatabase } from './database/open-database.ts'
import { startTestServer, type TestServer } from '../test-support/server.ts'

const TICKET = { fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket' } }
const SEARCH = '/rest/api/3/search/jql'

describe('a sandbox that is started again', () => {
  let folder: string
  let file: string
  let server: TestServer

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-'))
    file = path.join(folder, 'sandbox.sqlite')
    server = await startTestServer({ file, historyTickets: 5 })
  })
  afterEach(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const restart = async (overrides: Parameters<typeof startTestServer>[0] = {}): Promise<void> => {
    await server.stop()
    server = await startTestServer({ file, historyTickets: 5, clock: server.clock, ...overrides })
  }
  const create = (body: object = TICKET): Promise<unknown> =>
    server.request('POST', '/rest/api/3/issue', body).then((answer) => answer.body)

  test('has its tickets, their properties and who it is', async () => {
    await create({ ...TICKET, properties: [{ key: 'k', value: { n: 1 } }] })
    const before = await server.truth()
    const { siteId, email, apiToken } = server
    await restart()
    expect(server).toMatchObject({ siteId, email, apiToken })
    expect(await server.truth()).toEqual(before)
    expect(before).toHaveLength(6)
    const property = await server.request('GET', '/rest/api/3/issue/TPM-6/properties/k')
    expect(property.body).toEqual({ key: 'k', value: { n: 1 } })
  })

  test('has the lead that its clock had gained', async () => {
    const startMs = server.clock.now()
    await server.request('PUT', '/sandbox/clock', { rate: 60, untilSiteMs: startMs + 3_600_000 })
    server.clock.set(startMs + 60_000)
    await create()
    await restart()
    server.clock.set(startMs + 61_000)
    await create()
    const stamps = (await server.truth()).slice(-2).map(({ createdMs }) => createdMs - startMs)
    expect(stamps).toEqual([3_600_000, 3_601_000])
  })

  test('in the middle of a fast stretch goes on from where it stopped, at the machine’s pace', async () => {
    const startMs = server.clock.now()
    await server.request('PUT', '/sandbox/clock', { rate: 60, untilSiteMs: startMs + 3_600_000 })
    server.clock.set(startMs + 30_000)
    await restart()
    const { body } = await server.request('GET', '/sandbox/clock')
    expect(body).toMatchObject({ rate: 1, siteMs: startMs + 1_800_000 })
  })

  test('gives no number and no id twice, although the last ticket was deleted', async () => {
    await create()
    await server.request('DELETE', '/rest/api/3/issue/TPM-6')
    await restart()
    expect(await create()).toMatchObject({ id: '10006', key: 'TPM-7' })
  })

  test('goes on with a search where its page token says', async () => {
    const query = { jql: 'project = TPM ORDER BY key', maxResults: 3 }
    const { nextPageToken } = (await server.request('POST', SEARCH, query)).body as { nextPageToken: string }
    await restart()
    const next = await server.request('POST', SEARCH, { ...query, nextPageToken })
    expect(next.body).toMatchObject({ issues: [{ key: 'TPM-4' }, { key: 'TPM-5' }], isLast: true })
  })

  test('still keeps from search what the index had not seen', async () => {
    await server.setSettings({ indexLag: { kind: 'fixed', ms: 60_000 } })
    await create()
    await restart({ indexLag: { kind: 'fixed', ms: 60_000 } })
    const found = async (): Promise<unknown> =>
      (await server.request('POST', SEARCH, { jql: 'project = TPM AND key > TPM-5' })).body
    expect(await found()).toMatchObject({ issues: [] })
    server.clock.set(server.clock.now() + 60_000)
    expect(await found()).toMatchObject({ issues: [{ key: 'TPM-6' }] })
  })

  test('finishes a bulk delete that was cut off', async () => {
    await server.stop()
    const db = openSandboxDatabase(file)
    db.exec("INSERT INTO bulk_deletes VALUES (10000, '[10000, 10001]', 0, 0, 1, NULL, 1)").close()
    await restart()
    const status = (): Promise<unknown> =>
      server.request('GET', '/rest/api/3/bulk/queue/10000').then(({ body }) => body)
    await expect
      .poll(status)
      .toMatchObject({ status: 'COMPLETE', processedAccessibleIssues: [10_000, 10_001] })
    expect((await server.truth()).map(({ key }) => key)).toEqual(['TPM-3', 'TPM-4', 'TPM-5'])
  })

  test('takes the credentials that it is given, and keeps them', async () => {
    const credentials = { email: 'me@sandbox.example', apiToken: 'secret' }
    await restart({ credentials })
    expect(server).toMatchObject(credentials)
    await restart()
    expect(server).toMatchObject(credentials)
  })

  test('may have more projects, and keeps those that it had', async () => {
    await restart({ projects: [{ key: 'OPS', name: 'Operations' }] })
    const { body } = await server.request('GET', '/rest/api/3/project/search')
    expect(body).toMatchObject({ values: [{ key: 'OPS' }, { key: 'TPM' }] })
  })
})

describe('a sandbox does not start', () => {
  test('on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const message: unknown = expect.stringContaining(String(port))
    await expect(startTestServer({ port })).rejects.toMatchObject({ code: 'port-in-use', message })
    other.close()
  })

  test.each([
    ['siteZone', 'Mars/Olympus'],
    ['userZone', ''],
    ['historyTickets', -1],
    ['historyHours', 0],
    ['seed', 0.5],
    ['burstPerSecond', -1],
    ['indexLag', { kind: 'random', minMs: 2, maxMs: 1 }],
    ['indexLag', { kind: 'sometimes' }],
    ['projects', [{ key: 'lower case', name: 'x' }]],
  ])('with %s %j', async (name, value) => {
    const message: unknown = expect.stringContaining(name)
    await expect(startTestServer({ [name]: value })).rejects.toMatchObject({ code: 'usage', message })
  })
})
