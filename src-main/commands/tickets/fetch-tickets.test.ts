import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { SyncStatus } from '../../../src-shared/contract/tickets.ts'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { brokenConnection, serverTrouble, timedOut } from '../../jira/errors.ts'
import { startCountedJira } from '../../../test-support/server/counted-jira.ts'
import { createTestScreen } from '../../../test-support/print/screen.ts'
import { startTestSandbox } from '#jira-sandbox/testing'
import { notForUs } from '../../sync/trusted-jira.ts'
import { createCliFixture, createTestIo, type CliFixture } from '../../../test-support/commands/cli.ts'
import { fetchOnce } from './fetch-tickets.ts'
import { runCli } from '../program.ts'

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

/** A core whose one fetch is as far as these statuses say, one after the other. */
function coreThatTells(told: readonly SyncStatus['progress'][]): Client {
  const listeners = new Set<(status: SyncStatus) => void>()
  return {
    async call() {
      for (const progress of told) for (const hear of listeners) hear({ progress } as SyncStatus)
      return { pages: 1, fetched: 1, inserted: 1, updated: 0, removed: 0, cursorMs: 0 } as never
    },
    on(_event, listener) {
      listeners.add(listener as never)
      return () => void listeners.delete(listener as never)
    },
  }
}

test('a long first fetch shows how far it is, and that the whole is an estimate', async () => {
  const { io, written } = createTestIo(cli.cwd, { isTTY: true })
  const far = [{ done: 0, total: 1_000 }, { done: 500, total: 1_000 }, { done: 1_010, total: 1_000 }, null]
  await fetchOnce(coreThatTells(far), io)
  expect(written.stderr).toContain('First fetch ████████████░░░░░░░░░░░░ 500/1000, 50 %, estimated')
  // More came than Jira had estimated.
  expect(written.stderr).toContain('1010/1010')
  const screen = createTestScreen({ columns: 100, rows: 30 })
  screen.write(`${written.stderr}next`)
  expect(screen.lines()).toEqual([expect.stringContaining('1010/1010') as string, 'next'])
})

test('a usual fetch shows none', async () => {
  const { io, written } = createTestIo(cli.cwd, { isTTY: true })
  await fetchOnce(coreThatTells([null, null]), io)
  expect(written.stderr).toBe('')
})

test('where there is no watched ticket yet, it says that and no date', async () => {
  const sandbox = await startTestSandbox()
  onTestFinished(() => sandbox.stop())
  const env = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  const { code, stdout } = await cli.run(['fetch-tickets'], { env })
  expect(stdout).toBe(
    'Fetched 0 tickets in 1 page: 0 new, 0 changed, 0 removed. Jira shows no watched ticket yet.\n',
  )
  expect(code).toBe(0)
})

test('what it removed is counted, apart from what changed', async () => {
  const sandbox = await startTestSandbox()
  onTestFinished(() => sandbox.stop())
  const env = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  const urgent = { priority: { id: '1' } }
  const [lowered, renamed] = [await sandbox.add(urgent), await sandbox.add(urgent), await sandbox.add(urgent)]
  expect((await cli.run(['fetch-tickets'], { env })).stdout).toContain('3 new, 0 changed, 0 removed.')
  await sandbox.edit(lowered.id, { priority: { id: '5' } })
  await sandbox.edit(renamed.id, { summary: 'Told otherwise' })
  const { stdout } = await cli.run(['fetch-tickets', '--json'], { env })
  expect(JSON.parse(stdout)).toMatchObject({ inserted: 0, updated: 1, removed: 1 })
  expect((await cli.run(['fetch-tickets'], { env })).stdout).toContain('0 new, 0 changed, 0 removed.')
})

test('an error itself does not promise another try: who tries again says so', () => {
  const errors = [brokenConnection('h'), timedOut('h', 1_000), serverTrouble('h', 503, null)]
  for (const error of errors) expect(errorText(error)).not.toMatch(/again/)
  expect(errorText(notForUs())).toContain('While it is open, Jira TPM tries again by itself.')
})

test('--watch says when it tries again, and goes on', async () => {
  const sandbox = await startTestSandbox()
  onTestFinished(() => sandbox.stop())
  mkdirSync(cli.dataDir)
  writeFileSync(path.join(cli.dataDir, 'config.json'), '{"syncIntervalSeconds":1}')
  const env = {
    JIRA_TPM_DATA_DIR: cli.dataDir,
    JIRA_URL: sandbox.url,
    JIRA_USER: sandbox.email,
    JIRA_API_KEY: sandbox.apiToken,
  }
  const ending = new AbortController()
  const { io, written } = createTestIo(cli.cwd, { env, signal: ending.signal })
  const watching = runCli(['fetch-tickets', '--watch', '--json'], io)
  await vi.waitFor(() => expect(written.stdout).toMatch(/\n/), 20_000)
  // Longer than a call waits by itself.
  const limit = { kind: 'status-429', reason: 'quota-tenant', retryAfterSeconds: 3_600, times: 1 } as const
  await sandbox.setFaults([{ match: { path: 'search' }, ...limit }])
  await vi.waitFor(() => expect(written.stderr).toContain('It is tried again in 1 s.'), 20_000)
  ending.abort()
  expect(await watching).toBe(0)
})

test('after a quota is used up four commands in a row send one search, and the next say until when', async () => {
  const jira = await startCountedJira()
  const { env } = jira
  expect(await cli.run(['fetch-tickets'], { env })).toMatchObject({ code: 0 })
  const quota = { kind: 'status-429', reason: 'quota-tenant', retryAfterSeconds: 1_847, times: 100 } as const
  await jira.site.setFaults([{ match: { path: 'search' }, ...quota }])
  const before = jira.paths.length
  const beganMs = Date.now()
  const results = []
  for (let n = 0; n < 4; n++) results.push(await cli.run(['fetch-tickets', '--json'], { env }))
  const sent = jira.paths.slice(before)
  expect(sent.filter((asked) => asked.includes('search'))).toHaveLength(1)
  for (const { code, stdout, stderr } of results) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('takes no more requests for ')
  }
  for (const { stderr } of results.slice(1)) {
    const until = Date.parse(/, until (\S+Z) \(jira-quota-tenant-based\)/.exec(stderr)?.[1] ?? '')
    expect(Math.abs(until - beganMs - 1_847_000)).toBeLessThan(30_000)
  }

  const known = jira.paths.length
  const doctor = await cli.run(['doctor'], { env })
  expect(doctor.stdout).toMatch(/takes no more requests for \d+ s, until \S+Z/)
  expect(doctor.code).not.toBe(0)
  expect(jira.paths.slice(known)).toEqual([])
  // Another account has a quota of its own.
  await jira.site.setFaults([])
  const other = { ...env, JIRA_USER: 'other@example.com' }
  expect((await cli.run(['fetch-tickets'], { env: other })).stderr).not.toContain('takes no more requests')
})
