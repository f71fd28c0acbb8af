import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { PostgresConfig } from '../config/config.ts'
import { makeCertificate, writeTestFile, type KeyPair } from '../../test-support/jira/tls.ts'
import { openStore } from '../store/open-store.ts'
import { findPostgres } from '../../test-support/store/postgres-bin.ts'
import {
  check,
  startGuardedServer,
  trouble,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'

const log = pino({ level: 'silent' })
const DAY_MS = 86_400_000
const found = [18, 15].flatMap((major) => findPostgres(major) ?? [])

describe.each(found)('a server of $version with TLS', ({ bin }) => {
  let server: GuardedServer
  let authority: KeyPair
  beforeAll(async () => {
    server = await startGuardedServer({ bin })
    authority = await makeCertificate({ names: ['Test authority'], isAuthority: true })
  })
  afterAll(() => server.stop())

  async function show({ key, cert }: KeyPair): Promise<void> {
    server.write('server.key', key)
    server.write('server.crt', cert)
    await server.restart({ ssl: 'on' })
  }

  /** The owner by a name that a certificate can have. */
  async function withAuthority(changes: Partial<PostgresConfig> = {}): Promise<PostgresConfig> {
    const caFile = await writeTestFile('ca.pem', authority.cert)
    return server.config({ host: 'localhost', tls: 'verify-full', caFile, ...changes })
  }

  test('whose certificate is of the authority that was named, and of its name', async () => {
    await show(await makeCertificate({ issuer: authority }))
    const config = await withAuthority()
    const done = await check(config)
    expect(done.state).toBe('green')
    expect(done.steps[2]).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(
        /^Encrypted \(TLSv1\.3\); its certificate is trusted by .*ca\.pem\.$/,
      ) as string,
    })
    const store = await openStore(config, { clock: machineClock, log, password: config.password })
    onTestFinished(() => store.close())
    expect(store.health()).toEqual({ state: 'up' })
    const careful = await check({ ...config, user: 'careful' })
    expect(careful.steps[3]).toMatchObject({ id: 'password', state: 'ok' })
  })

  test('of another name: only verify-ca takes it', async () => {
    await show(await makeCertificate({ names: ['db.example.com'], issuer: authority }))
    expect(await trouble(await withAuthority())).toMatch(
      /^tls failed: The server is not trusted: its certificate is for another host \(db\.example\.com\)/,
    )
    const done = await check(await withAuthority({ tls: 'verify-ca' }))
    expect(done.steps[2]).toMatchObject({ state: 'ok' })
    expect(done.steps[2]?.message).toContain('whatever name it is made out to')
  })

  test('of an authority that nobody knows: verify-full and verify-ca refuse it, require only warns', async () => {
    await show(await makeCertificate())
    for (const tls of ['verify-full', 'verify-ca'] as const) {
      expect(await trouble(await withAuthority({ tls, caFile: null }))).toMatch(
        /^tls failed: The server is not trusted: its certificate is signed by itself.*CA file/,
      )
    }
    const config = await withAuthority({ tls: 'require', caFile: null })
    expect(await trouble(config)).toMatch(/^tls warning: Encrypted \(TLSv1\.3\), but to whoever answers/)
    expect((await check(config)).state).toBe('green')
  })

  test('that has expired', async () => {
    const notAfter = new Date(Date.now() - DAY_MS)
    const notBefore = new Date(Date.now() - 2 * DAY_MS)
    await show(await makeCertificate({ issuer: authority, notBefore, notAfter }))
    expect(await trouble(await withAuthority())).toMatch(/^tls failed: .*has expired.*clock of this machine/)
  })

  test('that ends within two weeks', async () => {
    const notAfter = new Date(Date.now() + 5 * DAY_MS)
    await show(await makeCertificate({ issuer: authority, notAfter }))
    const day = notAfter.toISOString().slice(0, 10)
    expect(await trouble(await withAuthority())).toMatch(
      new RegExp(`^tls warning: Encrypted .* It ends on ${day}\\..*renewed`),
    )
  })

  test('a CA file that is none', async () => {
    const caFile = await writeTestFile('ca.pem', 'no certificate')
    expect(await trouble(await withAuthority({ caFile }))).toMatch(
      /^tls failed: The CA file .* holds no certificate/,
    )
  })
})
