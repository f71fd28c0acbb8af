import { pino } from 'pino'
import { expect, test } from 'vitest'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { testFolder } from '../../test-support/end.ts'
import { machineClock } from '../runtime/clock.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { createOutputSecrets } from './output-secrets.ts'
import { createOutputHandlers } from './outputs.ts'
import { createSender } from './send.ts'

const HOOK = { name: 'On call', kind: 'webhook', url: 'https://alerts.example.com/tpm' } as const
const SECRET = 'planted-secret-0123456789'

async function open(environment: Readonly<Record<string, string>> = {}) {
  const keychain = createMemoryKeychain()
  const secrets = createSecrets({ dataDir: testFolder(), log: pino({ level: 'silent' }), keychain })
  const store = await openTestStore()
  const handlers = createOutputHandlers({
    store,
    siteId: SITE,
    siteLabel: 'acme.atlassian.net',
    secrets: createOutputSecrets({ secrets, environment, clock: machineClock }),
    sender: createSender({ proxies: { httpProxy: null, httpsProxy: null, noProxy: null } }),
    clock: machineClock,
    isFallback: false,
    signal: new AbortController().signal,
  })
  return { keychain, ...handlers }
}

test('what is removed has its secret removed from the keychain that had it; else it is said who has it', async () => {
  const { keychain, ...outputs } = await open({ JIRA_TPM_OUTPUT_NIGHT: SECRET })
  const { id } = await outputs['outputs.add']({ ...HOOK, secret: SECRET })
  expect([...keychain.entries]).toEqual([[`output ${id}`, SECRET]])
  expect(await outputs['outputs.remove']({ id })).toEqual({ removed: true, secret: 'forgotten' })
  expect(keychain.entries.size).toBe(0)
  expect(await outputs['outputs.remove']({ id })).toEqual({ removed: false, secret: 'none' })

  const removed = async (name: string, needsSecret: boolean): Promise<unknown> => {
    const added = await outputs['outputs.add']({ ...HOOK, name, needsSecret })
    return (await outputs['outputs.remove']({ id: added.id })).secret
  }
  expect(await removed('Night', true)).toBe('environment')
  expect(await removed('Theirs', true)).toBe('elsewhere')
  expect(await removed('Open', false)).toBe('none')
  const { id: locked } = await outputs['outputs.add']({ ...HOOK, secret: SECRET })
  keychain.trouble = 'locked'
  expect(await outputs['outputs.remove']({ id: locked })).toEqual({ removed: true, secret: 'refused' })
})

test('what cannot be written leaves the keychain as it was', async () => {
  const { keychain, ...outputs } = await open()
  const added = await outputs['outputs.add']({ ...HOOK, secret: SECRET })
  const before = [...keychain.entries]
  await expect(outputs['outputs.add']({ ...HOOK, secret: 'another one' })).rejects.toMatchObject({
    code: 'usage',
  })
  expect([...keychain.entries]).toEqual(before)
  const change = { id: added.id, seen: 'old', secret: 'another one' }
  await expect(outputs['outputs.change'](change)).rejects.toMatchObject({ code: 'busy' })
  expect([...keychain.entries]).toEqual(before)
  await outputs['outputs.change']({ ...change, seen: added.revision })
  expect([...keychain.entries]).toEqual([[`output ${added.id}`, 'another one']])
  expect((await outputs['outputs.list']()).outputs[0]?.secretIn).toBe('kept')
})
