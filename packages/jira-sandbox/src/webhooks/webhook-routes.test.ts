import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer } from '../../test-support/server.ts'
import {
  CLASSIC,
  EVENTS,
  SECRET,
  SERVER_10,
  startHookedServer,
  type HookedServer,
} from '../../test-support/hooked-server.ts'
import { signature } from './deliveries.ts'

let server: HookedServer
afterEach(() => server.stop())

describe('a registration on Cloud', () => {
  beforeEach(async () => {
    server = await startHookedServer()
  })

  test('is told back without its secret, listed, changed and deleted', async () => {
    const made = await server.sandbox.request('POST', CLASSIC, server.registration('project = TPM'))
    const { secret, ...told } = server.registration('project = TPM')
    const self = `${server.sandbox.url}${CLASSIC}/1`
    expect(made).toMatchObject({ status: 201, body: { ...told, self, enabled: true, isSigned: true } })
    expect(JSON.stringify(made.body)).not.toContain(secret)
    expect((await server.sandbox.request('GET', CLASSIC)).body).toEqual([made.body])
    const changed = await server.sandbox.request('PUT', `${CLASSIC}/1`, { enabled: false })
    expect(changed.body).toEqual({ ...(made.body as object), enabled: false })
    expect((await server.sandbox.request('DELETE', `${CLASSIC}/1`)).status).toBe(204)
    expect((await server.sandbox.request('GET', `${CLASSIC}/1`)).status).toBe(404)
    expect((await server.sandbox.request('GET', CLASSIC)).body).toEqual([])
  })

  test('without a secret is not signed', async () => {
    const { secret: _secret, ...unsigned } = server.registration()
    const made = await server.sandbox.request('POST', CLASSIC, unsigned)
    expect(made.body).toMatchObject({ isSigned: false })
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.hooks[0]?.headers).not.toHaveProperty('x-hub-signature')
  })

  test.each([
    ['a query that is none', { filters: { 'issue-related-events-section': 'project is what' } }],
    ['an address that is none', { url: 'hooks' }],
    ['plain http to another machine', { url: 'http://tpm.example/hooks' }],
    ['no name', { name: undefined }],
  ])('is refused for %s', async (_what, wrong) => {
    expect(
      (await server.sandbox.request('POST', CLASSIC, { ...server.registration(), ...wrong })).status,
    ).toBe(400)
    expect((await server.sandbox.request('GET', CLASSIC)).body).toEqual([])
  })

  test('needs an administrator, an account and the site’s own address', async () => {
    await server.sandbox.setFaults([{ kind: 'no-permission', permission: 'administer' }])
    expect((await server.sandbox.request('GET', CLASSIC)).status).toBe(403)
    expect((await server.sandbox.request('POST', CLASSIC, server.registration())).status).toBe(403)
    const mine = await server.sandbox.request('GET', '/rest/api/3/mypermissions?permissions=ADMINISTER')
    expect(mine.body).toMatchObject({ permissions: { ADMINISTER: { havePermission: false } } })
    await server.sandbox.setFaults([])
    expect((await fetch(server.sandbox.url + CLASSIC)).status).toBe(401)
    expect((await server.sandbox.request('GET', `/ex/jira/${server.sandbox.siteId}${CLASSIC}`)).status).toBe(
      401,
    )
    expect((await server.sandbox.request('GET', SERVER_10)).status).toBe(404)
  })

  test('of the kind that ends by itself is for apps alone', async () => {
    expect((await server.sandbox.request('GET', '/rest/api/3/webhook')).status).toBe(403)
    expect((await server.sandbox.request('POST', '/rest/api/3/webhook', {})).status).toBe(403)
  })

  test('is there no more than a hundred times', async () => {
    for (let n = 0; n < 100; n++) await server.register()
    expect((await server.sandbox.request('POST', CLASSIC, server.registration())).status).toBe(400)
  })
})

describe('a registration on Data Center', () => {
  test('of version 10 has its own path and form, and the secret in its configuration', async () => {
    server = await startHookedServer({ deployment: 'data-center' })
    const configuration = { FILTERS: 'project = TPM', EXCLUDE_BODY: 'false', SECRET }
    const wanted = { name: 'tpm', url: server.receiver.url, events: EVENTS, active: 'true', configuration }
    const made = await server.sandbox.request('POST', SERVER_10, wanted)
    const { SECRET: _secret, ...told } = configuration
    expect(made).toMatchObject({ status: 201, body: { id: 1, active: true, configuration: told } })
    expect(JSON.stringify(made.body)).not.toContain(SECRET)
    expect((await server.sandbox.request('GET', CLASSIC)).status).toBe(404)
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.hooks[0]?.headers['x-hub-signature']).toBe(
      signature(SECRET, server.receiver.hooks[0]?.text ?? ''),
    )
    expect(server.receiver.hooks[0]?.headers).not.toHaveProperty('x-atlassian-webhook-flow')
    expect((await server.sandbox.request('DELETE', `${SERVER_10}/1`)).status).toBe(204)
  })

  test('of version 9 is where Cloud has it, and signs nothing', async () => {
    server = await startHookedServer({ deployment: 'data-center' })
    await server.sandbox.setFaults([{ kind: 'older-server' }])
    const made = await server.sandbox.request('POST', CLASSIC, server.registration())
    expect(made.body).not.toHaveProperty('isSigned')
    expect((await server.sandbox.request('GET', SERVER_10)).status).toBe(404)
    const info = await server.sandbox.request('GET', '/rest/api/2/serverInfo')
    expect(info.body).toMatchObject({ versionNumbers: [9, 12, 0] })
    await server.sandbox.add()
    await server.settled()
    expect(server.receiver.hooks[0]?.headers).not.toHaveProperty('x-hub-signature')
  })
})

test('a sandbox that is started again still has its webhooks, and gives no id twice', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-'))
  const file = path.join(folder, 'server.sandbox.sqlite')
  try {
    server = await startHookedServer({ file })
    await server.register()
    await server.register()
    await server.sandbox.request('DELETE', `${CLASSIC}/2`)
    await server.sandbox.stop()
    const again = await startTestServer({ file, clock: server.sandbox.clock })
    await again.add()
    await expect.poll(() => server.receiver.hooks).toHaveLength(1)
    const [hook] = server.receiver.hooks
    expect(hook?.headers['x-hub-signature']).toBe(signature(SECRET, hook?.text ?? ''))
    await again.request('POST', CLASSIC, server.registration())
    const { body } = await again.request('GET', CLASSIC)
    expect((body as { self: string }[]).map(({ self }) => self.split('/').at(-1))).toEqual(['1', '3'])
    await again.stop()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
