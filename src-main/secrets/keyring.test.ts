import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createKeyring, type KeyringProcess } from './keyring.ts'
import type { SecretStore } from './secret-store.ts'
import {
  nowhere,
  startTestKeyring,
  whyNoKeyring,
  type TestKeyring,
} from '../../test-support/secrets/gnome-keyring.ts'

const account = 'jira https://example.atlassian.net me@example.com'
const { signal } = new AbortController()

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof AppError) return error
  throw new Error('it was not refused', { cause: error })
}

const reason = whyNoKeyring()
if (reason !== null) {
  console.warn(`SKIPPED: saving, replacing and deleting in a real keychain, since ${reason}`)
}

describe.skipIf(reason !== null)('on a real GNOME Keyring', () => {
  let real: TestKeyring
  let keyring: SecretStore
  beforeAll(async () => {
    real = await startTestKeyring()
    keyring = createKeyring({ start: real.start })
  })
  afterAll(() => real.stop())

  test('a secret is saved, replaced and deleted', async () => {
    expect(await keyring.get(account, signal)).toBeNull()
    await keyring.set(account, 'first', signal)
    expect(await keyring.get(account, signal)).toBe('first')
    const long = `ATATT3x–ü${'x'.repeat(4_000)}`
    await keyring.set(account, long, signal)
    expect(await keyring.get(account, signal)).toBe(long)
    expect(await keyring.delete(account, signal)).toBe(true)
    expect(await keyring.delete(account, signal)).toBe(false)
    expect(await keyring.get(account, signal)).toBeNull()
  })

  test('each account has its own', async () => {
    await keyring.set('jira https://a.example.com ', 'of a', signal)
    await keyring.set('jira https://b.example.com ', 'of b', signal)
    expect(await keyring.get('jira https://a.example.com ', signal)).toBe('of a')
  })

  test('a probe leaves what is there as it was', async () => {
    await keyring.set(account, 'kept', signal)
    await keyring.probe(signal)
    expect(await keyring.get(account, signal)).toBe('kept')
  })
})

describe.skipIf(reason !== null)('a GNOME Keyring that is of no use', () => {
  let real: TestKeyring | undefined
  afterEach(async () => real?.stop())

  test('locked, with nobody to ask for the password: every call says so', async () => {
    real = await startTestKeyring()
    const keyring = createKeyring({ start: real.start })
    await keyring.set(account, 'kept', signal)
    await real.lock()
    const calls = [
      () => keyring.get(account, signal),
      () => keyring.set(account, 'other', signal),
      () => keyring.delete(account, signal),
      () => keyring.probe(signal),
    ]
    for (const call of calls) {
      const error = await refusal(call())
      expect(error).toMatchObject({ code: 'secrets-unavailable', retryable: true })
      expect(error.message).toContain('is locked')
      expect(error.hint).toContain('JIRA_API_KEY')
    }
  })

  test('a password dialog that nobody answers is not waited for without end', async () => {
    real = await startTestKeyring({ services: { 'org.gnome.keyring.SystemPrompter': '/bin/sleep 20' } })
    await createKeyring({ start: real.start }).set(account, 'kept', signal)
    await real.lock()
    const error = await refusal(createKeyring({ start: real.start, timeoutMs: 1_000 }).get(account, signal))
    expect(error).toMatchObject({ code: 'secrets-unavailable', retryable: true })
    expect(error.message).toContain('waiting for its password dialog')
  })

  test('never made: there is nothing to unlock', async () => {
    real = await startTestKeyring({ unlocked: false })
    const error = await refusal(createKeyring({ start: real.start }).probe(signal))
    expect(error).toMatchObject({ code: 'secrets-unavailable', retryable: false })
  })

  test('a bus on which nobody keeps secrets', async () => {
    real = await startTestKeyring({
      unlocked: false,
      services: { 'org.freedesktop.secrets': '/bin/false' },
    })
    const error = await refusal(createKeyring({ start: real.start }).get(account, signal))
    expect(error).toMatchObject({ code: 'secrets-unavailable', retryable: false })
    expect(error.message).toContain('is not there')
  })
})

describe.skipIf(process.platform !== 'linux')('without D-Bus', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'tpm-no-keyring-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test("nothing is kept, least of all in the kernel's own keyring", async () => {
    const keyring = createKeyring({ start: nowhere(home), platform: 'linux' })
    for (const call of [() => keyring.set(account, 'secret', signal), () => keyring.get(account, signal)]) {
      const error = await refusal(call())
      expect(error).toMatchObject({ code: 'secrets-unavailable', retryable: false })
      expect(error.message).toMatch(/^Secret Service .* is not there: .*D-Bus/)
      expect(error.hint).toContain('JIRA_API_KEY')
    }
  })
})

function startedBy(told: { answer?: string; ends?: boolean }): {
  process: KeyringProcess
  ended: () => boolean
} {
  const end = vi.fn()
  return {
    ended: () => end.mock.calls.length > 0,
    process: {
      send: () => {},
      onAnswer: (listener) => {
        if (told.answer !== undefined) listener({ kind: 'failed', said: told.answer })
      },
      onEnd: (listener) => {
        if (told.ends) listener()
      },
      end,
    },
  }
}

describe('the process that asks it', () => {
  test.each([
    { told: { answer: 'Cannot find native binding. npm has a bug' }, retryable: false, says: 'is not there' },
    { told: { ends: true }, retryable: false, says: 'is not there' },
    {
      told: { answer: 'User interaction is not allowed.' },
      retryable: true,
      says: 'macOS Keychain is locked',
    },
    {
      told: { answer: 'Attribute is longer than allowed.' },
      retryable: false,
      says: 'macOS Keychain refuses',
    },
  ])('$told: $says', async ({ told, retryable, says }) => {
    const started = startedBy(told)
    const error = await refusal(
      createKeyring({ start: () => started.process, platform: 'darwin' }).get(account, signal),
    )
    expect(error).toMatchObject({ code: 'secrets-unavailable', retryable })
    expect(error.message).toContain(says)
    expect(started.ended()).toBe(true)
  })

  test('is ended when whoever asked gives up', async () => {
    const started = startedBy({})
    const giveUp = new AbortController()
    const asked = createKeyring({ start: () => started.process }).get(account, giveUp.signal)
    giveUp.abort()
    expect(await refusal(asked)).toMatchObject({ code: 'cancelled' })
    expect(started.ended()).toBe(true)
  })
})
