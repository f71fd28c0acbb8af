import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'
import { FAULT_TEXTS, type FaultName } from './fault-texts.ts'
import { isFaultRule, schemaOf } from './fault.ts'
import { readFaults } from './read-faults.ts'

test.each([
  ['late:ms=800', [{ kind: 'late', ms: 800 }]],
  [
    'status-429:retryAfterSeconds=null:reason=burst,captcha',
    [{ kind: 'status-429', retryAfterSeconds: null, reason: 'burst' }, { kind: 'captcha' }],
  ],
  [
    'html-error:path=^/rest/:method=GET:rate=0.5',
    [{ kind: 'html-error', rate: 0.5, match: { path: '^/rest/', method: 'GET' } }],
  ],
  ['redirect-host:location=http://127.0.0.1:1', [{ kind: 'redirect-host', location: 'http://127.0.0.1:1' }]],
  ['renamed-priorities:names=a|b|c|d|e', [{ kind: 'renamed-priorities', names: ['a', 'b', 'c', 'd', 'e'] }]],
  ['clock-skew:ms=-60000', [{ kind: 'clock-skew', ms: -60_000 }]],
])('%s', (text, faults) => {
  expect(readFaults(text)).toEqual(faults)
})

test.each([
  ['lately', 'There is no fault "lately". Nothing was started.'],
  ['late:seconds=8', 'The fault "late:seconds=8" is not one'],
  ['clock-skew', 'The fault "clock-skew" is not one'],
  ['no-permission:permission=fly', 'The fault "no-permission:permission=fly" is not one'],
])('refuses %s', (text, sentence) => {
  expect(() => readFaults(text)).toThrow(sentence)
})

test('each fault has a schema of its own kind', () => {
  for (const name of Object.keys(FAULT_TEXTS) as FaultName[]) {
    const isOfRequests = isFaultRule({ kind: name } as never)
    expect([name, schemaOf(name) === schemaOf('late')]).toEqual([name, isOfRequests])
  }
})

let sandbox: TestServer
beforeEach(async () => {
  sandbox = await startTestServer()
})
afterEach(() => sandbox.stop())

test('faults of the site and of requests are set, shown and taken back as one list', async () => {
  const rules = [
    { kind: 'no-permission', permission: 'create' },
    { kind: 'no-permission', permission: 'delete' },
    { kind: 'hidden-project', key: 'TPM' },
    { kind: 'late', ms: 5 },
  ] as const
  await sandbox.setFaults(rules)
  expect((await sandbox.request('GET', '/sandbox/faults')).body).toMatchObject({ rules })
  expect((await sandbox.request('GET', '/sandbox/settings')).body).toMatchObject({
    permissions: { create: false, delete: false },
    hiddenProjects: ['TPM'],
  })
  await sandbox.setFaults([])
  expect((await sandbox.request('GET', '/sandbox/settings')).body).toMatchObject({
    permissions: {},
    hiddenProjects: [],
  })
})

test('what was changed by a setting stays when faults go, and stands over one', async () => {
  await sandbox.setSettings({ clockSkewMs: 5_000 })
  await sandbox.setFaults([{ kind: 'expired-token' }, { kind: 'severity-field' }])
  await sandbox.setSettings({ token: 'good' })
  expect((await sandbox.request('GET', '/sandbox/settings')).body).toMatchObject({
    token: 'good',
    severity: 'optional',
    clockSkewMs: 5_000,
  })
  await sandbox.setFaults([])
  expect((await sandbox.request('GET', '/sandbox/settings')).body).toMatchObject({
    severity: 'none',
    clockSkewMs: 5_000,
  })
})

test('faults that make no sense change nothing', async () => {
  await sandbox.setFaults([{ kind: 'captcha' }])
  for (const rules of [
    [{ kind: 'index-lag', minMs: 9, maxMs: 1 }],
    [{ kind: 'late', match: { path: '(' } }],
    [{ kind: 'unheard-of' }],
  ]) {
    expect((await sandbox.request('PUT', '/sandbox/faults', { rules })).status).toBe(400)
  }
  expect((await sandbox.request('GET', '/sandbox/faults')).body).toEqual({ rules: [{ kind: 'captcha' }] })
})
