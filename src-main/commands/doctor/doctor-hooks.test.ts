import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { storeOfWorkspace } from '../../../test-support/store/store.ts'
import { TEST_SCOPE } from '../../../test-support/sync/sync.ts'
import type { Environment } from '../../config/environment.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { ReceivedHook } from '../../store/hooks.ts'
import type { Store } from '../../store/store.ts'
import { syncScope } from '../../sync/scope.ts'

const MINUTE = 60_000

let sandbox: TestSandbox
let cli: CliFixture
let env: Environment
let store: Store
beforeEach(async () => {
  sandbox = await startTestSandbox()
  cli = createCliFixture()
  const { environment, open } = await storeOfWorkspace(cli.dataDir)
  env = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken, ...environment }
  await cli.run(['fetch-tickets'], { env })
  store = await open()
})
afterEach(async () => {
  cli.close()
  await sandbox.stop()
})

/** What the doctor says of webhooks; undefined where that is nothing. */
async function said(): Promise<{ state: string; message: string; hint: string } | undefined> {
  const { code, stdout } = await cli.run(['doctor', '--json'], { env })
  expect(code).toBe(0)
  const { steps } = JSON.parse(stdout) as {
    steps: { step: string; state: string; message: string; hint: string }[]
  }
  return steps.find(({ step }) => step === 'webhooks')
}

test('what the doctor says of webhooks: nothing where none are used, then how they come, and what to do', async () => {
  const siteId = new URL(sandbox.url).host
  const scope = syncScope(TEST_SCOPE)
  const listen = (ttlMs: number): Promise<void> =>
    store.listenForHooks(siteId, { ttlMs, siteMs: machineClock.now() - MINUTE })
  let taken = 0
  const take = (count: number, more: Partial<ReceivedHook> = {}): Promise<number> =>
    store.takeHooks(
      siteId,
      Array.from({ length: count }, () => {
        const name = `webhook ${taken++}`
        return {
          delivery: name,
          digest: name,
          issueId: '1',
          updatedMs: machineClock.now(),
          lateMs: 200,
          ...more,
        }
      }),
    )
  const readAll = async (): Promise<void> =>
    store.markHooksRead(siteId, scope, (await store.unreadHooks(siteId, scope)).place)

  expect(await said()).toBeUndefined()
  await listen(10 * MINUTE)
  expect(await said()).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('none has come yet') as string,
    hint: expect.stringContaining('jira-tpm hooks check') as string,
  })
  await take(3, { lateMs: 45_000 })
  expect(await said()).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('come 45 s or more after the change') as string,
  })
  await take(60)
  expect(await said()).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('63 webhooks came whose tickets are still to be read') as string,
    hint: expect.stringContaining('server that fetches') as string,
  })
  await readAll()
  expect(await said()).toEqual({
    step: 'webhooks',
    state: 'ok',
    message:
      'Jira’s webhooks tell of each change, 95 of 100 within 0.2 s of it; Jira is asked once a minute.',
    hint: '',
  })
  for (const [hours, says] of [
    [48, 'Jira is asked once a minute.'],
    [2, 'Jira is asked once a minute. Before, within the last day, 4 changes came without one.'],
  ] as const) {
    const atMs = machineClock.now() - hours * 60 * MINUTE
    await store.addUntold(siteId, scope, { count: 4, atMs, isFirst: true })
    expect(await said()).toMatchObject({ state: 'ok', message: expect.stringMatching(`${says}$`) as string })
  }
  await store.addUntold(siteId, scope, { count: 2, atMs: machineClock.now(), isFirst: true })
  expect(await said()).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('found 2 changes of which no webhook told') as string,
    hint: expect.stringContaining('jira-tpm hooks check') as string,
  })
  await listen(-1)
  expect(await said()).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('Nobody takes Jira’s webhooks now') as string,
  })
})
