import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createKeyring } from '../secrets/keyring.ts'
import { startTestKeyring, whyNoKeyring } from '../../test-support/secrets/gnome-keyring.ts'
import { createTokenWorkspace } from '../../test-support/tokens/workspace.ts'
import { createTokens } from './tokens.ts'

const reason = whyNoKeyring()
if (reason !== null) console.warn(`SKIPPED: signing with a key of a real keychain, since ${reason}`)

test.skipIf(reason !== null)(
  'with a real GNOME Keyring the key is in it, and locked it signs no more while tokens go on',
  async () => {
    const real = await startTestKeyring()
    onTestFinished(() => real.stop())
    const space = createTokenWorkspace()
    const { clock, signal } = space
    const keychain = createKeyring({ start: real.start, timeoutMs: 10_000 })
    const { book, store } = await space.open()
    const tokens = createTokens({ book, keychain, clock, log: pino({ level: 'silent' }) })
    const wish = { scope: 'read', ttlMs: 60_000, name: 'ci' } as const

    const former = await tokens.create(wish, signal)
    await tokens.rotate(signal)
    const { token } = await tokens.create(wish, signal)
    expect(space.ownKeys()).toMatchObject([{ d: null }])
    const retired = (await store.access()).keys.find(({ retiredMs }) => retiredMs !== null)
    expect(retired).toBeDefined()
    expect(await keychain.get(`token signing key ${retired?.kid}`, signal)).toBeNull()

    await real.lock()
    await expect(tokens.create(wish, signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
    for (const each of [former.token, token]) expect(await tokens.verify(each)).not.toBeNull()
  },
)
