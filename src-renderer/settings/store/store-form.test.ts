import { expect, test } from 'vitest'
import { TLS_MODES, STORE_STEPS, type StoreSettings } from '../../../src-shared/contract/store.ts'
import { storeCheckTitles, tlsNames, tlsText } from './store-controller.ts'
import { storeNowText } from './store-form.tsx'

const secrets = { kind: 'keychain', label: 'macOS Keychain', problem: null } as const
const server = {
  kind: 'postgres',
  host: 'db.acme.com',
  port: 5432,
  database: 'jira_tpm',
  user: 'ann',
  tls: 'verify-full',
  caFile: null,
} as const
const settings: StoreSettings = { store: server, passwordIn: 'keychain', fixedBy: null }

test('it says which database is used, as whom, and where the password is', () => {
  expect(storeNowText(settings, secrets, false)).toBe(
    'PostgreSQL at db.acme.com/jira_tpm is used as ann. Its password is kept in macOS Keychain.',
  )
  const odd: StoreSettings = {
    ...settings,
    store: { ...server, host: '::1', port: 6432 },
    passwordIn: 'none',
  }
  expect(storeNowText(odd, secrets, false)).toBe(
    'PostgreSQL at [::1]:6432/jira_tpm is used as ann. No password is kept, and none is sent.',
  )
})

test('of several servers it names all', () => {
  const several = { ...settings, store: { ...server, host: 'db1.acme.com, [::1]:5433' } }
  expect(storeNowText(several, secrets, false)).toMatch(
    /^PostgreSQL at db1\.acme\.com, \[::1\]:5433\/jira_tpm is used as ann\./,
  )
})

test('a database that cannot be used is not said to be', () => {
  expect(storeNowText(settings, secrets, true)).toMatch(
    /^PostgreSQL at db\.acme\.com\/jira_tpm is set as ann, but /,
  )
})

test('a file is called by its name', () => {
  const file: StoreSettings = { ...settings, store: { kind: 'sqlite', label: 'tpm.sqlite' } }
  expect(storeNowText(file, secrets, false)).toMatch(/^Tickets are kept in tpm\.sqlite, a file/)
})

test('each way to encrypt and each step has words of its own', () => {
  expect(new Set(TLS_MODES.map((mode) => tlsNames[mode])).size).toBe(TLS_MODES.length)
  expect(new Set(TLS_MODES.map(tlsText)).size).toBe(TLS_MODES.length)
  expect(new Set(STORE_STEPS.map((id) => storeCheckTitles[id])).size).toBe(STORE_STEPS.length)
})
