import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { StoreDraft, type StoreSettings } from '../../../src-shared/contract/store.ts'
import { draftOf, fieldsOf, isKept, problemsOf, tlsOf, type StoreFields } from './store-controller.ts'

const server: StoreSettings['store'] = {
  kind: 'postgres',
  host: 'db.acme.com',
  port: 5432,
  database: 'jira_tpm',
  user: 'ann',
  tls: 'verify-full',
  caFile: null,
}
const settings: StoreSettings = { store: server, passwordIn: 'keychain', fixedBy: null }
const filledIn: StoreFields = {
  kind: 'postgres',
  host: ' db.acme.com ',
  port: '',
  database: 'jira_tpm',
  user: 'ann',
  password: ' with spaces ',
  tls: '',
  caFile: '',
}

describe('the form of a store', () => {
  test('is found as the store is set, without its password', () => {
    expect(fieldsOf(settings)).toEqual({ ...filledIn, host: 'db.acme.com', password: '' })
    expect(fieldsOf({ ...settings, store: { ...server, port: 6432, tls: 'require' } })).toMatchObject({
      port: '6432',
      tls: 'require',
    })
    expect(fieldsOf({ ...settings, store: { kind: 'sqlite', label: 'tpm.sqlite' } }).kind).toBe('sqlite')
  })

  test('sends what was typed, with what is usual where nothing was, and a password as it is', () => {
    const draft = draftOf(filledIn)
    expect(draft).toEqual({ ...server, password: ' with spaces ' })
    expect(Check(StoreDraft, draft)).toBe(true)
    expect(draftOf({ ...filledIn, port: ' 6432', password: '', caFile: ' /ca.pem ' })).toMatchObject({
      port: 6432,
      password: null,
      caFile: '/ca.pem',
    })
  })

  test('sends nothing of a server where the file is chosen', () => {
    expect(draftOf({ ...filledIn, kind: 'sqlite' })).toEqual({ kind: 'sqlite' })
  })

  test('what is set comes back as it was', () => {
    for (const host of ['::1', 'db1.acme.com, [::1]:5433', '[::1]:5433, [::1]:5434']) {
      const odd = { ...server, host, tls: 'verify-ca', caFile: '/ca.pem' } as const
      expect(draftOf(fieldsOf({ ...settings, store: odd }))).toEqual({ ...odd, password: null })
    }
  })
})

test.each([
  ['localhost', '', 'disable'],
  ['127.0.0.1', '', 'disable'],
  ['[::1]', '', 'disable'],
  ['/var/run/postgresql', '', 'disable'],
  ['localhost', '/ca.pem', 'verify-full'],
  ['localhost.acme.com', '', 'verify-full'],
  ['10.0.0.4', '', 'verify-full'],
  ['localhost, [::1]:5433, ::1, 127.0.0.1:5434', '', 'disable'],
  ['localhost, db.acme.com', '', 'verify-full'],
  ['', '', 'verify-full'],
])('where nobody chose, the way to %j with the file %j is %s', (host, caFile, tls) => {
  expect(tlsOf({ ...filledIn, host, caFile })).toBe(tls)
})

test('what was chosen stays, whatever the host', () => {
  expect(tlsOf({ ...filledIn, host: 'localhost', tls: 'require' })).toBe('require')
})

test('a password is kept for one account of one database', () => {
  const password = ''
  expect(isKept(settings, { ...filledIn, password })).toBe(true)
  for (const part of [{ host: 'db2.acme.com' }, { port: '6432' }, { database: 'x' }, { user: 'bob' }]) {
    expect(isKept(settings, { ...filledIn, password, ...part })).toBe(false)
  }
  expect(isKept({ ...settings, passwordIn: 'none' }, filledIn)).toBe(false)
  expect(isKept({ ...settings, store: { kind: 'sqlite', label: '' } }, filledIn)).toBe(false)
})

describe('what cannot be taken', () => {
  test('is nothing where all is filled in, or nothing is asked', () => {
    expect(problemsOf(filledIn)).toEqual({})
    expect(problemsOf({ ...fieldsOf(null), kind: 'sqlite' })).toEqual({})
    expect(problemsOf({ ...filledIn, host: '[::1]' })).toEqual({})
    expect(problemsOf({ ...filledIn, host: '/var/run/postgresql' })).toEqual({})
    expect(problemsOf({ ...filledIn, host: 'db1.acme.com, db2.acme.com:5433' })).toEqual({})
  })

  test('is what is missing', () => {
    expect(Object.keys(problemsOf({ ...fieldsOf(null), kind: 'postgres' }))).toEqual([
      'host',
      'database',
      'user',
    ])
  })

  test.each(['postgres://db.acme.com', 'ann@db.acme.com', 'db.acme.com/jira_tpm', 'a b', 'a,'])(
    'is a host like %j',
    (host) => {
      expect(problemsOf({ ...filledIn, host }).host).toMatch(/name alone/)
    },
  )

  test.each(['0', '65536', '-1', '5432x', '5e3'])('is a port like %j', (port) => {
    expect(problemsOf({ ...filledIn, port }).port).toBeDefined()
  })

  test('is a name that PostgreSQL would cut off, by its bytes', () => {
    expect(problemsOf({ ...filledIn, database: 'a'.repeat(63) })).toEqual({})
    expect(problemsOf({ ...filledIn, database: 'ä'.repeat(32) }).database).toBeDefined()
  })
})
