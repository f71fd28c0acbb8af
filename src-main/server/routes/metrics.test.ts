import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readExposition, valueOf, type Family } from '../../../test-support/metrics/exposition.ts'
import { projectFile } from '../../runtime/project-files.ts'
import { createTestHandles, type TestHandles } from '#jira-sandbox/testing'
import { runningInstances } from '../../workspace/instance.ts'
import { openServedApp, type ServedApp } from '../../../test-support/server/served-app.ts'

const PATIENCE = { timeout: 10_000, interval: 20 }
const SLOTS = 12

let served: ServedApp
let token: string
let sandbox: TestHandles
beforeAll(async () => {
  served = await openServedApp({ historyTickets: 7, background: false })
  await served.app.start()
  token = await served.token('read')
  const [instance] = runningInstances(served.dataDir)
  if (!instance?.sandbox) throw new Error('no sandbox runs')
  sandbox = createTestHandles(instance.sandbox)
}, 60_000)

async function scrape(): Promise<Map<string, Family>> {
  const response = await fetch(`${served.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readExposition(await response.text())
}

async function status({ url }: ServedApp, headers: Record<string, string>): Promise<number> {
  return (await fetch(`${url}/metrics`, { headers })).status
}

async function number(name: string, labels: Record<string, string> = {}): Promise<number> {
  return valueOf(await scrape(), name, labels)
}

describe('the numbers are what happened', () => {
  test('nothing yet', async () => {
    const families = await scrape()
    expect(valueOf(families, 'jira_tpm_ready')).toBe(1)
    expect(valueOf(families, 'jira_tpm_store_up')).toBe(1)
    expect(valueOf(families, 'jira_tpm_build_info', { version: '1.2.3' })).toBe(1)
    expect(valueOf(families, 'jira_tpm_run_slots_planned_total')).toBe(0)
    // Else the first one in doubt would be no increase.
    const outcomes = families
      .get('jira_tpm_run_slots_total')
      ?.samples.map(({ labels, value }) => [labels['outcome'], value])
    expect(outcomes).toContainEqual(['unknown', 0])
    // What is not known is not there, rather than 0.
    expect(families.get('jira_tpm_fetch_age_seconds')?.samples).toEqual([])
  })

  test('a run: its slots, their lateness, and the requests that made them', async () => {
    const { client } = served.app
    const request = { count: SLOTS, minutes: 10, compress: 600, seed: 1 }
    const { runId } = await client.call('runs.start', request)
    await expect.poll(async () => (await client.call('runs.get', { runId })).state, PATIENCE).toBe('done')
    const families = await scrape()
    expect(valueOf(families, 'jira_tpm_run_slots_planned_total')).toBe(SLOTS)
    expect(valueOf(families, 'jira_tpm_run_slots_total', { outcome: 'created' })).toBe(SLOTS)
    expect(valueOf(families, 'jira_tpm_run_slots_total')).toBe(SLOTS)
    expect(valueOf(families, 'jira_tpm_run_lateness_seconds_count')).toBe(SLOTS)
    const created = { endpoint: 'create', status: '2xx' }
    expect(valueOf(families, 'jira_tpm_jira_request_duration_seconds_count', created)).toBe(SLOTS)
  })

  test('fetches: what they stored, by watched value, and the number of the last commit', async () => {
    const { client } = served.app
    const before = await number('jira_tpm_fetch_duration_seconds_count', { outcome: 'done' })
    await client.call('sync.now', {})
    const { storedTickets } = await client.call('sync.status', {})
    const { watched } = await client.call('session.get', {})
    const nowMs = Date.now()
    const span = { fromMs: nowMs - 48 * 3_600_000, toMs: nowMs + 3_600_000 }
    const { seq, counts, priorityIds } = await client.call('counts.get', { ...span, bucketMinutes: 60 })
    await expect.poll(() => number('jira_tpm_commit_sequence'), PATIENCE).toBe(seq)
    const families = await scrape()
    expect(valueOf(families, 'jira_tpm_fetch_duration_seconds_count', { outcome: 'done' })).toBe(before + 1)
    expect(storedTickets).toBeGreaterThan(0)
    expect(valueOf(families, 'jira_tpm_tickets')).toBe(storedTickets)
    expect(valueOf(families, 'jira_tpm_tickets_written_total', { change: 'inserted' })).toBe(storedTickets)
    for (const [n, id] of priorityIds.entries()) {
      const name = watched.find((priority) => priority.id === id)?.name ?? ''
      const sum = counts[n]?.reduce((all, count) => all + count, 0)
      expect([name, valueOf(families, 'jira_tpm_tickets', { watched: name })]).toEqual([name, sum])
    }
    expect(valueOf(families, 'jira_tpm_fetch_age_seconds')).toBeLessThan(10)
    expect(valueOf(families, 'jira_tpm_fetch_stopped')).toBe(0)
  })

  test('limits: what Jira said of them, the 429 that it answered, and the wait after it', async () => {
    await sandbox.setFaults([
      { match: { path: 'search' }, kind: 'status-429', times: 1, retryAfterSeconds: 1, reason: 'burst' },
    ])
    await served.app.client.call('sync.now', {})
    await sandbox.setFaults([])
    const families = await scrape()
    const limited = { endpoint: 'search', status: '429' }
    expect(valueOf(families, 'jira_tpm_jira_request_duration_seconds_count', limited)).toBe(1)
    expect(valueOf(families, 'jira_tpm_jira_limit_wait_seconds_count')).toBeGreaterThan(0)
    expect(valueOf(families, 'jira_tpm_jira_limit_wait_seconds_sum')).toBeGreaterThanOrEqual(1)
  })

  test('a log-in that fails: the fetch, its requests, and that it waits for a person', async () => {
    const before = await number('jira_tpm_fetch_duration_seconds_count', { outcome: 'failed' })
    await sandbox.setMood('expired-token')
    await expect(served.app.client.call('sync.now', {})).rejects.toMatchObject({ code: 'not-authenticated' })
    await sandbox.setMood('healthy')
    const families = await scrape()
    expect(valueOf(families, 'jira_tpm_fetch_duration_seconds_count', { outcome: 'failed' })).toBe(before + 1)
    expect(valueOf(families, 'jira_tpm_fetch_stopped')).toBe(1)
    await served.app.client.call('sync.now', {})
    expect(await number('jira_tpm_fetch_stopped')).toBe(0)
  })

  test('requests by their route, whatever their address, and who listens', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const post = (path: string, body = '{}') =>
      fetch(`${served.url}${path}`, { method: 'POST', headers, body })
    for (let n = 0; n < 3; n++) await post('/api/sync.status')
    for (let n = 0; n < 5; n++) await post(`/api/made-up-${n}`)
    for (let n = 0; n < 5; n++) await fetch(`${served.url}/made-up-${n}.html`)
    await post('/api/sync.status', '{"unasked": 1}')
    const url = `${served.url.replace('http', 'ws')}/api/events`
    const socket = new WebSocket(url, { headers })
    await once(socket, 'open')
    const families = await scrape()
    const requests = (route: string, code: string): number =>
      valueOf(families, 'jira_tpm_http_request_duration_seconds_count', { route, status: code })
    expect(requests('/api/sync.status', '200')).toBe(3)
    expect(requests('/api/sync.status', '400')).toBe(1)
    expect(requests('/api/:method', '404')).toBe(5)
    expect(valueOf(families, 'jira_tpm_viewers')).toBe(1)
    const routes = families
      .get('jira_tpm_http_request_duration_seconds')
      ?.samples.map(({ labels }) => labels['route'])
    expect(routes?.filter((route) => route?.includes('made-up'))).toEqual([])
    socket.terminate()
    await expect.poll(() => number('jira_tpm_viewers'), PATIENCE).toBe(0)
  })

  test('the event loop, the memory and the processor of this process', async () => {
    const families = await scrape()
    expect(valueOf(families, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    expect(valueOf(families, 'process_resident_memory_bytes')).toBeGreaterThan(20e6)
    expect(valueOf(families, 'process_cpu_seconds_total')).toBeGreaterThan(0)
  })
})

describe('their form', () => {
  test('names follow Prometheus: a prefix, base units, _total for counters and for nothing else', async () => {
    for (const { name, type, help } of (await scrape()).values()) {
      expect(name).toMatch(/^(jira_tpm|process|nodejs)_[a-z0-9_]+$/)
      // Node.js' own gauges of handles, as prom-client has named them for long, are the exception.
      const isOld = /^nodejs_active_\w+_total$/.test(name)
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter' || isOld])
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|megabytes|percent)(_|$)/)
      expect([name, type !== 'histogram' || name.endsWith('_seconds')]).toEqual([name, true])
      expect(help.length).toBeGreaterThan(10)
    }
  })

  test('docs/metrics.md has each of ours, and no other', async () => {
    const told = readFileSync(projectFile('docs', 'metrics.md'), 'utf8').matchAll(/^\| `(jira_tpm_\w+)/gm)
    const ours = [...(await scrape()).keys()].filter((name) => name.startsWith('jira_tpm_'))
    expect([...told].map(([, name = '']) => name).toSorted()).toEqual(ours.toSorted())
  })

  test('there are no more samples than a few hundred, whatever was asked', async () => {
    const samples = [...(await scrape()).values()].flatMap((family) => family.samples)
    expect(samples.length).toBeLessThan(1_500)
  })
})

describe('who may read them', () => {
  test('a caller of scope read or more, and nobody else', async () => {
    expect(await status(served, {})).toBe(401)
    expect(await status(served, { authorization: 'Bearer made.up.token' })).toBe(401)
    expect((await fetch(`${served.url}/metrics?`)).status).toBe(400) // else past the lock-out of an address
    for (const scope of ['read', 'run', 'admin'] as const) {
      expect(await status(served, { authorization: `Bearer ${await served.token(scope)}` })).toBe(200)
    }
  })

  test('with --open-metrics also programs of this machine, but none that a proxy speaks for', async () => {
    const open = await openServedApp({ openMetrics: true })
    expect(await status(open, {})).toBe(200)
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      expect([name, await status(open, { [name]: '203.0.113.7' })]).toEqual([name, 401])
    }
  })
})
