import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { isLoopback, readServerConfig, THIS_MACHINE, type ServerConfig } from './server-config.ts'
import type { Flags } from './settings-table.ts'
import { testFolder } from '../../test-support/end.ts'

const cwd = testFolder()

function read(flags: Flags, env: Readonly<Record<string, string>> = {}): ServerConfig {
  return readServerConfig({ flags, env, cwd })
}

function refused(flags: Flags, env: Readonly<Record<string, string>> = {}): { code: string; said: string } {
  const { code, message, hint } = refusalOf(() => read(flags, env))
  return { code, said: `${message} ${hint}` }
}

const PUBLIC = 'https://tpm.example.com'

test('is this machine alone where nothing is said', () => {
  expect(read({})).toEqual({ ...THIS_MACHINE, port: 8050 })
})

test('the networks of a proxy are an address or CIDR each, and mean that one is there', () => {
  const proxied = { host: '0.0.0.0', publicUrl: PUBLIC }
  const trusted = (trustProxy: string) => read({ ...proxied, trustProxy })
  expect(trusted('10.0.0.0/8, fd00::/8,192.0.2.7')).toMatchObject({
    behindProxy: true,
    trustProxy: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'],
  })
  expect(read(proxied, { JIRA_TPM_TRUST_PROXY: '10.1.2.3/32' })).toMatchObject({
    behindProxy: true,
    trustProxy: ['10.1.2.3/32'],
  })
  for (const wrong of [
    '10.0.0.0/33',
    'fd00::/129',
    'proxy.example.com',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '',
    '10.0.0.0/-1',
  ]) {
    expect(refused({ ...proxied, trustProxy: wrong })).toMatchObject({
      code: 'usage',
      said: expect.stringContaining('Give it as an address or as CIDR') as string,
    })
  }
  expect(refused(proxied, { JIRA_TPM_TRUST_PROXY: 'all' }).code).toBe('not-configured')
})

test('flags go before the environment, relative files mean the folder that it was called in', () => {
  const env = {
    JIRA_TPM_HOST: '0.0.0.0',
    JIRA_TPM_PORT: '9000',
    JIRA_TPM_PUBLIC_URL: `${PUBLIC}/`,
    JIRA_TPM_TLS_CERT_FILE: 'cert.pem',
    JIRA_TPM_TLS_KEY_FILE: '/run/secrets/key.pem',
  }
  const expected = {
    host: '0.0.0.0',
    port: 9_000,
    publicUrl: PUBLIC,
    tls: { certFile: path.join(cwd, 'cert.pem'), keyFile: '/run/secrets/key.pem' },
    behindProxy: false,
    trustProxy: null,
    hooks: null,
    isEdge: false,
    openMetrics: false,
    accessLogToStdout: false,
  }
  expect(read({}, env)).toEqual(expected)
  expect(read({ port: 1, host: '10.0.0.1', publicUrl: 'https://OTHER.example.com:443' }, env)).toEqual({
    ...expected,
    port: 1,
    host: '10.0.0.1',
    publicUrl: 'https://other.example.com',
  })
})

describe('beyond this machine', () => {
  test.each(['0.0.0.0', '::', '192.168.1.5', 'tpm.example.com', '128.0.0.1', 'localhost.example.com'])(
    '%s is refused without TLS and proxy, and says what to give',
    (host) => {
      const { code, said } = refused({ host, publicUrl: PUBLIC })
      expect(code).toBe('usage')
      for (const flag of ['--tls-cert', '--tls-key', '--behind-proxy']) expect(said).toContain(flag)
    },
  )

  test('with a proxy or TLS it is taken', () => {
    expect(read({ host: '0.0.0.0', behindProxy: true, publicUrl: PUBLIC }).behindProxy).toBe(true)
    expect(read({ host: '192.168.1.5', tlsCert: 'c', tlsKey: 'k' }).publicUrl).toBeNull()
    expect(
      read(
        {},
        {
          JIRA_TPM_HOST: '0.0.0.0',
          JIRA_TPM_BEHIND_PROXY: 'true',
          JIRA_TPM_PUBLIC_URL: 'http://localhost:8080',
        },
      ),
    ).toMatchObject({ behindProxy: true, publicUrl: 'http://localhost:8080' })
  })

  test.each([
    ['a proxy without a name', { behindProxy: true }],
    ['a proxy and every address without a name', { behindProxy: true, host: '0.0.0.0' }],
    ['every address without a name', { host: '0.0.0.0', tlsCert: 'c', tlsKey: 'k' }],
  ])('%s: nobody could tell a name of its own from another', (_name, flags) => {
    expect(refused(flags)).toMatchObject({
      code: 'usage',
      said: expect.stringContaining('--public-url') as string,
    })
  })

  test('metrics for everybody are refused', () => {
    const flags = { host: '0.0.0.0', behindProxy: true, publicUrl: PUBLIC, openMetrics: true }
    expect(refused(flags)).toMatchObject({
      code: 'usage',
      said: expect.stringContaining('--open-metrics') as string,
    })
    expect(read({ openMetrics: true }).openMetrics).toBe(true)
  })
})

describe('webhooks', () => {
  test('come by this machine, at the port above the dashboard’s, where --hooks says no more', () => {
    expect(read({ hooks: true }).hooks).toEqual({ host: '127.0.0.1', port: 8051 })
    expect(read({ hooks: true, port: 0 }).hooks?.port).toBe(0)
    const env = { JIRA_TPM_HOOKS: 'true', JIRA_TPM_HOOKS_PORT: '9100', JIRA_TPM_HOOKS_HOST: '127.0.0.2' }
    expect(read({}, env).hooks).toEqual({ host: '127.0.0.2', port: 9_100 })
    expect(read({ hooksPort: 9_200 }, env).hooks?.port).toBe(9_200)
  })

  test('come from a network only where something encrypts', () => {
    const open = { hooks: true, hooksHost: '0.0.0.0' }
    expect(refused(open)).toMatchObject({
      code: 'usage',
      said: expect.stringContaining('--tls-cert') as string,
    })
    expect(read({ ...open, behindProxy: true, publicUrl: PUBLIC }).hooks?.host).toBe('0.0.0.0')
    expect(read({ ...open, tlsCert: 'c', tlsKey: 'k' }).hooks?.host).toBe('0.0.0.0')
  })

  test('an address for them while none are taken is refused', () => {
    expect(refused({ hooksPort: 9_100 })).toMatchObject({
      code: 'usage',
      said: expect.stringContaining('Add --hooks') as string,
    })
    expect(refused({}, { JIRA_TPM_HOOKS_HOST: '10.1.2.3' }).said).toContain('JIRA_TPM_HOOKS_HOST')
  })

  test('there is no port above the last', () => {
    expect(refused({ hooks: true, port: 65_535 }).said).toContain('no port')
  })
})

test.each([
  ['one half of TLS', { tlsCert: 'c' }, {}, '--tls-key'],
  ['the other half', {}, { JIRA_TPM_TLS_KEY_FILE: 'k' }, '--tls-cert'],
  ['TLS twice', { tlsCert: 'c', tlsKey: 'k', behindProxy: true, publicUrl: PUBLIC }, {}, 'one of the two'],
  ['TLS under a plain name', { tlsCert: 'c', tlsKey: 'k', publicUrl: 'http://tpm.example.com' }, {}, 'https'],
  ['an https name without TLS', { publicUrl: PUBLIC }, {}, '--behind-proxy'],
  ['a port that is none', {}, { JIRA_TPM_PORT: '65536' }, 'JIRA_TPM_PORT'],
  ['another', {}, { JIRA_TPM_PORT: '80x' }, 'JIRA_TPM_PORT'],
  ['a truth that is none', {}, { JIRA_TPM_BEHIND_PROXY: 'yes please' }, 'true or false'],
  ['a URL with a path', { publicUrl: `${PUBLIC}/tpm` }, {}, 'no path'],
  ['a URL with a user', { publicUrl: 'https://me:secret@tpm.example.com' }, {}, 'no path'],
  ['a URL of another kind', { publicUrl: 'ftp://tpm.example.com' }, {}, 'https://NAME'],
  ['no URL', {}, { JIRA_TPM_PUBLIC_URL: 'tpm.example.com' }, 'https://NAME'],
])('%s is refused', (_name, flags, env, words) => {
  const { code, said } = refused(flags, env)
  expect(['usage', 'not-configured']).toContain(code)
  expect(said).toContain(words)
  expect(said).not.toContain('secret')
})

test('the loopback is told from what looks like it', () => {
  expect(['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', '::1', '[::1]'].map(isLoopback)).not.toContain(
    false,
  )
  expect(
    ['127.0.0.1.example.com', '0.0.0.0', '::', '128.0.0.1', 'localhost.', '::2', ''].map(isLoopback),
  ).not.toContain(true)
})
