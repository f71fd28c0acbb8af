import { expect, test } from 'vitest'
import type { PostgresDraft } from '../../src-shared/contract/store.ts'
import { hostFields, storeOfDraft } from './store-settings.ts'

const DRAFT: PostgresDraft = {
  kind: 'postgres',
  host: ' DB.example.com ',
  port: 5432,
  database: ' jira_tpm',
  user: 'me ',
  password: ' pass word ',
  tls: 'verify-full',
  caFile: null,
}

test('a server as it was filled in is tidied, but for its password', () => {
  expect(storeOfDraft(DRAFT)).toEqual({
    kind: 'postgres',
    host: 'db.example.com',
    port: 5432,
    database: 'jira_tpm',
    user: 'me',
    password: ' pass word ',
    tls: 'verify-full',
    caFile: null,
  })
  expect(storeOfDraft({ ...DRAFT, password: null }).password).toBeNull()
})

test('several hosts are filled in with commas, each with its port where that is another, and come back so', () => {
  const store = storeOfDraft({ ...DRAFT, host: ' a , b:5433,[::1], /run/db', port: 6432 })
  expect(store).toMatchObject({
    host: 'a',
    port: 6432,
    others: [
      { host: 'b', port: 5433 },
      { host: '::1', port: 6432 },
      { host: '/run/db', port: 6432 },
    ],
  })
  const fields = hostFields(store)
  expect(fields).toEqual({ host: 'a:6432, b:5433, [::1]:6432, /run/db:6432', port: 5432 })
  expect(storeOfDraft({ ...DRAFT, ...fields })).toEqual(store)
})

test('a CA file is looked at wherever one is given', () => {
  expect(storeOfDraft({ ...DRAFT, tls: 'require', caFile: '/etc/ca.pem' })).toMatchObject({
    tls: 'verify-ca',
    caFile: '/etc/ca.pem',
  })
})

test.each([
  ['half a path', { caFile: 'ca.pem' }, 'has a CA file that is not a whole path'],
  ['a host with its port', { host: 'db:5432' }, 'has a host that is neither a name nor an address'],
  ['an address in place of the host', { host: 'postgres://db/x' }, 'has a host that is neither'],
  ['a host that is missing among several', { host: 'a, ' }, 'has a host that is neither'],
  ['a user of blanks', { user: '  ' }, 'has no user'],
  [
    'a database whose name PostgreSQL would cut',
    { database: 'ä'.repeat(32) },
    'has a database of more than 63 bytes',
  ],
])('%s is refused with what to do', (_what, changes, says) => {
  expect(() => storeOfDraft({ ...DRAFT, ...changes })).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(`The server ${says}`) as string,
      hint: expect.stringMatching(/./) as string,
    }),
  )
})
