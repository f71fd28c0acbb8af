import { readFileSync } from 'node:fs'
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
    const { dataDir, clock, signal, file } = space
    const keychain = createKeyring({ start: real.start, timeoutMs: 10_000 })
    const log = pino({ level: 'silent' })
    const tokens = createTokens({ dataDir, keychain, clock, log })
    const wish = { scope: 'read', ttlMs: 60_000, name: 'ci' } as const

    const former = await tokens.create(wish, signal)
    await tokens.rotate(signal)
    const { token } = await tokens.create(wish, signal)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ keys: [{ d: null }, { d: null }] })
    const [retired] = space.content().keys
    expect(await keychain.get(`token signing key ${retired?.kid}`, signal)).toBeNull()

    await real.lock()
    await expect(tokens.create(wish, signal)).rejects.toMatchObject({ code: 'secrets-unavailable' })
    for (const each of [former.token, token]) expect(await tokens.verify(each)).not.toBeNull()
  },
)
