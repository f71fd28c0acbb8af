import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PostgresDraft, StoreCheck } from '../../src-shared/contract/store.ts'
import { makeCertificate, writeTestFile } from '../../test-support/jira/tls.ts'
import {
  PASSWORD,
  startGuardedServer,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'
import { openServedApp, type ServedApp } from '../../test-support/server/served-app.ts'

let database: GuardedServer
let served: ServedApp
let token: string
let caFile: string
let authority: { readonly key: string; readonly cert: string }
beforeAll(async () => {
  database = await startGuardedServer()
  authority = await makeCertificate({ names: ['Test authority'], isAuthority: true })
  const { key, cert } = await makeCertificate({ issuer: authority })
  database.write('server.key', key)
  database.write('server.crt', cert)
  await database.restart({ ssl: 'on' })
  const env = { DATABASE_URL: '', PSQL_HOST: '' }
  served = await openServedApp({
    background: false,
    env,
    limits: { dearCalls: { burst: 100, perSecond: 100 } },
  })
  token = await served.token('admin')
  caFile = path.join(served.dataDir, 'ca.pem')
  writeFileSync(caFile, authority.cert)
})
afterAll(() => database.stop())

async function call(
  method: string,
  params: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${served.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function draft(changes: Partial<PostgresDraft> = {}): PostgresDraft {
  const { port } = database
  const account = { host: 'localhost', port, database: 'tickets', user: 'owner', password: PASSWORD }
  return { kind: 'postgres', ...account, tls: 'verify-ca', caFile, ...changes }
}

async function passwordStep(changes: Partial<PostgresDraft>): Promise<unknown> {
  const { body } = await call('settings.checkStore', draft({ password: null, ...changes }))
  const { id: _, ...step } = (body['result'] as StoreCheck).steps.find(({ id }) => id === 'password') ?? {}
  return step
}

describe('the password that is kept', () => {
  beforeAll(async () => void (await call('settings.useStore', draft())))

  test.each(['verify-full', 'verify-ca'] as const)(
    'is tried by %s: as it is stored, or stricter',
    async (tls) => {
      expect(await passwordStep({ tls })).toMatchObject({ state: 'ok' })
    },
  )

  test.each(['require', 'disable'] as const)(
    'is not sent by %s, which is weaker, and nothing is kept',
    async (tls) => {
      const step = {
        state: 'failed',
        message: `The password that is kept is sent with sslmode verify-ca or stricter, and this is ${tls}. It was not sent.`,
        hint: 'Give the password again, or take verify-ca.',
      }
      // With a file of certificates `require` would be `verify-ca`, as libpq has it.
      expect(await passwordStep({ tls, caFile: null })).toEqual(step)
      await call('settings.useStore', draft({ password: null, tls, caFile: null }))
      expect((await call('settings.store', {})).body).toMatchObject({
        result: { store: { tls: 'verify-ca' } },
      })
    },
  )

  test('is sent by any when it is given again', async () => {
    expect(await passwordStep({ tls: 'require', caFile: null, password: PASSWORD })).toMatchObject({
      state: 'ok',
    })
  })
})

describe('a file of certificates', () => {
  const outside = { status: 400, body: { ok: false, error: { code: 'usage' } } }
  const watch = { field: { id: 'priority', name: 'Priority' }, ids: [] }
  const jira = {
    url: 'https://jira.example.com',
    user: null,
    token: 'any',
    tokenExpiresOn: null,
    projectKey: null,
    watch,
  }

  test('outside of the data folder is not taken over HTTP, not by dots or links either', async () => {
    const file = await writeTestFile('ca.pem', authority.cert)
    const link = path.join(served.dataDir, 'link.pem')
    symlinkSync(file, link)
    const beside = `${served.dataDir}-other`
    mkdirSync(beside)
    for (const at of [
      file,
      link,
      `${served.dataDir}/../ca.pem`,
      path.join(beside, 'ca.pem'),
      '/etc/shadow',
    ]) {
      for (const method of ['settings.checkStore', 'settings.useStore']) {
        expect(await call(method, draft({ caFile: at }))).toMatchObject(outside)
      }
      for (const method of ['settings.preflight', 'settings.connect']) {
        expect(await call(method, { ...jira, caFile: at })).toMatchObject(outside)
      }
    }
    // The command line and the window say whom they believe.
    const { client } = served.app
    expect((await client.call('settings.checkStore', draft({ caFile: file }))).state).toBe('green')
  })

  test('below it is, and so is the one that is set', async () => {
    expect(await call('settings.checkStore', draft())).toMatchObject({ status: 200 })
    const file = await writeTestFile('ca.pem', authority.cert)
    await served.app.client.call('settings.useStore', draft({ caFile: file }))
    expect(await call('settings.checkStore', draft({ caFile: file }))).toMatchObject({
      body: { result: { state: 'green' } },
    })
    expect(await call('settings.checkStore', draft({ caFile: `${file}.other` }))).toMatchObject(outside)
  })
})

test('going back to the file says that the kept password is forgotten', async () => {
  await call('settings.useStore', draft())
  const { body } = await call('settings.useStore', { kind: 'sqlite' })
  expect(body).toMatchObject({
    result: {
      steps: [{ message: expect.stringMatching(/kept for owner at localhost.* is forgotten\.$/) as string }],
    },
  })
  await call('settings.checkStore', draft({ password: null }))
  expect(await passwordStep({})).toMatchObject({ state: 'failed' })
})
