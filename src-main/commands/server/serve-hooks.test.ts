import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type { Environment } from '../../config/environment.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { hookBody, HOOKS_SECRET, sendHook } from '../../../test-support/server/hooks.ts'
import { startServed, type Served } from '../../../test-support/server/serve-hooks.ts'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { PATIENCE } from '../../../test-support/sync/sync.ts'

let cli: CliFixture
let served: Served | undefined
let environment: Environment
beforeEach(async () => {
  environment = await makeTestEnvironment()
  cli = createCliFixture(environment)
})
afterEach(() => {
  served?.child.kill('SIGKILL')
  cli.close()
})

test.each([
  ['no secret', {}, 'There is no secret for the webhooks of sandbox'],
  ['a short one', { JIRA_WEBHOOK_SECRET: 'short' }, 'shorter than 16 characters'],
])('with %s it does not start, and says what to do', async (_name, env, says) => {
  const result = await cli.run(['serve', '--port', '0', '--hooks', '--json'], { env })
  expect(result).toMatchObject({ code: 3, stdout: '' })
  expect(result.stderr).toContain(says)
  expect(result.stderr).toContain('JIRA_WEBHOOK_SECRET')
  expect(result.stderr).toContain('Nothing was started')
})

test('an edge does not take webhooks of the sandbox, and says where to', async () => {
  const env = { JIRA_WEBHOOK_SECRET: HOOKS_SECRET }
  const result = await cli.run(['serve', '--port', '0', '--hooks', '--edge'], { env })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('Add --hooks to the server that runs the sandbox')
})

test('a ticket of which Jira tells is there at once, and how webhooks come is in status, overview and metrics', async () => {
  const env = { ...environment, JIRA_WEBHOOK_SECRET: HOOKS_SECRET }
  served = await startServed(inject('programs').cli, cli, env)
  const { hooks, sandboxUrl, register, call, metrics, addTicket } = served
  const status = () => call('sync.status', {})
  await expect.poll(async () => (await status()).hooks?.state, PATIENCE).toBe('waiting')
  await register(HOOKS_SECRET)
  const before = (await status()).storedTickets
  const id = await addTicket()
  await expect.poll(async () => (await status()).storedTickets, PATIENCE).toBe(before + 1)
  await expect
    .poll(async () => (await status()).hooks, PATIENCE)
    .toMatchObject({
      state: 'healthy',
      received: 1,
      repeats: 0,
      untold: 0,
      unread: 0,
    })
  // It says so of a ticket that nobody changed: nothing comes of it.
  const body = hookBody(Number(id), { site: sandboxUrl() ?? '' })
  expect((await sendHook(hooks, body)).status).toBe(204)
  expect((await sendHook(hooks, body)).status).toBe(204)
  expect((await sendHook(hooks, body, { 'x-hub-signature': '' })).status).toBe(401)
  expect((await sendHook(hooks, hookBody(Number(id)))).status).toBe(403)
  await expect.poll(async () => (await status()).hooks, PATIENCE).toMatchObject({ received: 3, repeats: 1 })
  expect((await call('overview.get', {})).fetching.hooks).toMatchObject({ state: 'healthy', received: 3 })
  const text = await metrics()
  for (const line of [
    'jira_tpm_hooks_total{outcome="taken"} 3',
    'jira_tpm_hooks_total{outcome="unsigned"} 1',
    'jira_tpm_hooks_total{outcome="other-site"} 1',
    'jira_tpm_hooks_healthy 1',
    'jira_tpm_hooks_received 3',
    'jira_tpm_hooks_repeats 1',
    'jira_tpm_hooks_untold 0',
    'jira_tpm_hooks_unread 0',
  ]) {
    expect(text).toContain(line)
  }
  expect(text).toMatch(/jira_tpm_hooks_lateness_seconds\{quantile="0.95"\} [\d.]+/)
})
