import { beforeEach, describe, expect, test } from 'vitest'
import type { SiteConfig } from '../config/config.ts'
import { hideSecrets } from './hide-secrets.ts'
import { createSecrets, hooksOwner, resolveHooksSecret, type Secrets } from './secrets.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { testFolder } from '../../test-support/end.ts'

const url = 'https://example.atlassian.net'
const { signal } = new AbortController()
let secrets: Secrets

beforeEach(() => {
  secrets = createSecrets({ dataDir: testFolder(), keychain: createMemoryKeychain(), log: { warn() {} } })
})

describe('the secret of webhooks', () => {
  const jira = { kind: 'sandbox' } as const

  test('is that of the environment, else the one that is kept for that Jira', async () => {
    const site = { jira: { kind: 'site', url } as SiteConfig, hooksSecret: null }
    await secrets.keep(hooksOwner(site), 'kept-for-the-webhooks', signal)
    expect(await resolveHooksSecret(site, secrets, signal)).toBe('kept-for-the-webhooks')
    await expect(resolveHooksSecret({ jira, hooksSecret: null }, secrets, signal)).rejects.toMatchObject({
      code: 'not-configured',
      hint: expect.stringContaining('JIRA_WEBHOOK_SECRET_FILE') as string,
    })
    const hooksSecret = 'planted-hooks-secret'
    expect(await resolveHooksSecret({ ...site, hooksSecret }, secrets, signal)).toBe(hooksSecret)
    expect(hideSecrets(`it is ${hooksSecret}`)).toBe('it is [hidden]')
  })

  test('is not taken where it could be guessed', async () => {
    await expect(
      resolveHooksSecret({ jira, hooksSecret: 'fifteen letters' }, secrets, signal),
    ).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.not.stringContaining('fifteen letters') as string,
    })
  })
})
