import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { parsePostgresAddress, postgresConfig } from './postgres-config.ts'
import { refusal, storeConfig } from './store-config.ts'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { EXAMPLE_SERVER as server } from '../../test-support/store/example-server.ts'

const me = userInfo().username

/** The password that is read from an address, or the error's code; and what the error says. */
function outcomeOf(address: string): { found: string | null; said: string } {
  const refuse = refusal({ source: 'DATABASE_URL', code: 'not-configured' })
  try {
    const { password } = postgresConfig(parsePostgresAddress(address, refuse), '/', refuse)
    return { found: password, said: '' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { found: error.code, said: `${error.message} ${error.hint}` }
  }
}

describe('an address', () => {
  const socket = '/var/run/postgresql'
  test.each([
    ['postgres://me@db.example.com/jira_tpm', {}],
    ['postgresql://me@DB.Example.com:5433/jira_tpm', { port: 5433 }],
    ['postgres://db.example.com', { user: me, database: me }],
    ['postgres://me@db.example.com', { database: 'me' }],
    ['postgres://', { host: 'localhost', user: me, database: me, tls: 'disable' }],
    ['postgres://me%40corp:@db.example.com/a%2Fb%20c%3F', { user: 'me@corp', database: 'a/b c?' }],
    ['postgres://me@[::1]:5433/jira_tpm', { host: '::1', port: 5433, tls: 'disable' }],
    ['postgres://me@[2001:db8::7]/jira_tpm', { host: '2001:db8::7' }],
    ['postgres://me@bücher.example/jira_tpm', { host: 'xn--bcher-kva.example' }],
    ['postgres://me@127.0.0.1/jira_tpm', { host: '127.0.0.1', tls: 'disable' }],
    [`postgres:///jira_tpm?host=${socket}&user=me`, { host: socket, tls: 'disable' }],
    [`postgres://me@/jira_tpm?host=${socket}&port=6432`, { host: socket, port: 6432, tls: 'disable' }],
    ['postgres://me@%2Fvar%2Frun%2Fpostgresql/jira_tpm', { host: socket, tls: 'disable' }],
    ['postgres://me@db.example.com?dbname=jira_tpm', {}],
    ['postgres://me@db.example.com/jira_tpm?sslmode=require', { tls: 'require' }],
    ['postgres://me@db.example.com/jira_tpm?sslmode=disable', { tls: 'disable' }],
    ['postgres://me@localhost/jira_tpm?sslmode=verify-ca', { host: 'localhost', tls: 'verify-ca' }],
    [
      'postgres://me@localhost/jira_tpm?sslrootcert=/etc/ca.pem',
      { host: 'localhost', caFile: '/etc/ca.pem' },
    ],
    ['postgres://me@db.example.com/jira_tpm?sslrootcert=system', {}],
    [
      'postgres://me@db.example.com/jira_tpm?sslmode=require&sslrootcert=/etc/a%20b.pem',
      { tls: 'verify-ca', caFile: '/etc/a b.pem' },
    ],
  ])('%s', (store, differs) => {
    expect(storeConfig({ value: store, source: '--store', code: 'usage', folder: '/' })).toEqual({
      ...server,
      ...differs,
    })
  })

  const others = [
    { host: 'b', port: 5433 },
    { host: 'c', port: 5432 },
  ]
  test.each([
    ['postgres://me@a:6000,b:5433,c/jira_tpm', { host: 'a', port: 6000, others }],
    ['postgres://me@/jira_tpm?host=a,b,c&port=6000,5433,', { host: 'a', port: 6000, others }],
    ['postgres://me@/jira_tpm?host=a%2Cb&port=5433', { host: 'a', port: 5433, others: others.slice(0, 1) }],
    [
      'postgres://me@a,b:5433/jira_tpm?target_session_attrs=read-write',
      { host: 'a', others: others.slice(0, 1) },
    ],
    [
      'postgres://me@a,b:5433/jira_tpm?target_session_attrs=primary',
      { host: 'a', others: others.slice(0, 1) },
    ],
    [
      'postgres://me@[::1]:5433,localhost/jira_tpm',
      { host: '::1', port: 5433, others: [{ host: 'localhost', port: 5432 }], tls: 'disable' },
    ],
    ['postgres://me@localhost,b/jira_tpm', { host: 'localhost', others: [{ host: 'b', port: 5432 }] }],
  ])('of several servers: %s', (store, differs) => {
    expect(storeConfig({ value: store, source: '--store', code: 'usage', folder: '/' })).toEqual({
      ...server,
      ...differs,
    })
  })

  test.each([
    ['postgres://me@a,,b/jira_tpm', /host that is neither/, /./],
    ['postgres://me@a,b,a:5432/jira_tpm', /names a server twice/, /once/],
    ['postgres://me@/jira_tpm?host=a,b,c&port=1,2', /another number of ports than of hosts/, /one for each/],
    ['postgres://me@a,b:0/jira_tpm', /port that is no number/, /5432/],
    ['postgres://me@a,b/jira_tpm?target_session_attrs=any', /may take no writes/, /read-write/],
    ['postgres://me@a,b/jira_tpm?target_session_attrs=standby', /may take no writes/, /read-write/],
    ['postgres://me@::1/jira_tpm', /no host and port/, /\[::1\]/],
    ['postgres://me@db:0/jira_tpm', /port that is no number from 1 to 65535/, /5432/],
    ['postgres://me@db:65536/jira_tpm', /port that is no number/, /5432/],
    [`postgres://me@${'a'.repeat(300)}/jira_tpm`, /host that is neither/, /./],
    ['postgres://me@d b/jira_tpm', /host that is neither/, /db\.example\.com/],
    ['postgres://me@db/a%zz', /% that encodes nothing/, /%25/],
    ['postgres://me@db/a%00b', /control character in its database/, /Take it out/],
    [`postgres://me@db/${'ä'.repeat(32)}`, /database of more than 63 bytes/, /./],
    ['postgres://me@db/a?dbname=b', /database twice/, /once/],
    ['postgres://me@db/a?sslmode=prefer', /sslmode.*\(prefer\)/, /plain text.*verify-full/],
    ['postgres://me@db/a?sslmode=allow', /sslmode.*\(allow\)/, /plain text.*verify-full/],
    ['postgres://me@db/a?sslmode=no-verify', /sslmode.*\(no-verify\)/, /require/],
    ['postgres://me@db/a?sslmode=require&sslrootcert=system', /sslrootcert=system with sslmode=require/, /./],
    ['postgres://me@db/a?channel_binding=require', /parameter channel_binding, which/, /sslmode/],
    ['postgres://me@db/a?schema=public', /parameter schema, which/, /Leave it out/],
    ['postgres://me@db/a?constructor=b', /parameter constructor, which/, /./],
    ['postgres:me@db/a', /not of the form/, /./],
    ['mysql://me@db/a', /not a store that Jira TPM knows/, /sqlite:FILE, .*postgres:\/\//],
    ['tickets.sqlite', /not a store/, /sqlite:FILE/],
    ['sqlite:', /not a store/, /sqlite:FILE/],
  ])('%s is refused', (store, message, hint) => {
    const error = refusalOf(() =>
      storeConfig({ value: store, source: '--store', code: 'usage', folder: '/' }),
    )
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/Nothing was opened\.$/)
    expect(error.hint).toMatch(hint)
  })

  test.each(['p@rt0f', 'p/rt0f', 'p?rt0f', 'p#rt0f', 'p%rt0f', 'p rt0f', 'p:rt0f', 'p&rt0f'])(
    'a password %s that was not encoded shows in no error',
    (password) => {
      for (const url of [
        `postgres://me:${password}@db.example.com/jira_tpm`,
        `postgres://me:${password}@db.example.com:5432/jira_tpm?sslmode=require`,
      ]) {
        const outcome = outcomeOf(url)
        expect([password, 'not-configured']).toContain(outcome.found)
        expect(outcome.said).not.toMatch(/rt0f/)
      }
    },
  )
})
