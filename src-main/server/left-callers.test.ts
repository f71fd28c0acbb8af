import { request, type ClientRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { startCountedJira, type CountedJira } from '../../test-support/server/counted-jira.ts'
import { openServedApp, type ServedApp } from '../../test-support/server/served-app.ts'

const LATENCY_MS = 200
const PATIENCE = { timeout: 20_000, interval: 5 }

let jira: CountedJira
let served: ServedApp
let token: string

beforeAll(async () => {
  jira = await startCountedJira({ historyTickets: 1_000, historyHours: 1 })
  served = await openServedApp({ env: jira.env, background: false })
  token = await served.token('admin')
  const { client } = served.app
  await client.call('sync.now', {})
  const confirmedSite = (await client.call('session.get', {})).site.id
  await client.call('runs.start', { count: 60, minutes: 0.1, seed: 1, confirmedSite })
  while ((await client.call('runs.current', {}))?.state !== 'done') await sleep(50)
}, 60_000)

function send(method: string, params: object): ClientRequest {
  const sent = request(`${served.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  sent.on('error', () => {}) // it is destroyed
  sent.end(JSON.stringify(params))
  return sent
}

async function runId(): Promise<string> {
  return (await served.app.client.call('runs.current', {}))?.runId ?? ''
}

const nowMs = Date.now()
const draft = (): object => ({
  url: jira.env['JIRA_URL'],
  user: jira.site.email,
  token: jira.site.apiToken,
  tokenExpiresOn: null,
  projectKey: 'TPM',
  caFile: null,
  watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
})

test.each([
  ['audit.span', async () => ({ fromMs: nowMs - 7_200_000, toMs: nowMs + 3_600_000 })],
  ['audit.run', async () => ({ runId: await runId() })],
  ['settings.preflight', async () => draft()],
  ['runs.cleanUpPreview', async () => ({ runId: await runId() })],
] as const)(
  '%s asks Jira for nothing more once its caller has closed the connection',
  async (method, params) => {
    const asked = await params()
    jira.setLatency(0)
    const before = jira.paths.length
    await new Promise((answered) =>
      send(method, asked).on('response', (answer) => answer.resume().on('end', answered)),
    )
    const whole = jira.paths.length - before
    expect(whole).toBeGreaterThan(2)

    jira.setLatency(LATENCY_MS)
    const begun = jira.paths.length
    const call = send(method, asked)
    await expect.poll(() => jira.paths.length, PATIENCE).toBeGreaterThan(begun)
    call.destroy()
    const atClose = jira.paths.length
    await sleep((whole + 1) * LATENCY_MS)
    // One may have left in the same moment.
    expect(jira.paths.length - atClose).toBeLessThanOrEqual(1)
  },
)
