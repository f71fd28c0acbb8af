import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { readConfig } from '../config/read-config.ts'
import { openSandboxSite } from './sandbox-site.ts'
import type { Site } from './site.ts'
import { openSandbox } from '../workspace/sandbox-connection.ts'

const log = pino({ level: 'silent' })
let dataDir: string
let site: Site | undefined

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'tpm-site-'))
})
afterEach(async () => {
  await site?.close()
  await rm(dataDir, { recursive: true })
})

test('when the command that runs the sandbox ends, the window beside it goes on with the same tickets', async () => {
  const flags = { dataDir, jira: 'sandbox', sandbox: { historyTickets: 100 } }
  const config = readConfig({ flags, env: {}, cwd: dataDir })
  const others = await openSandbox({ config, log })
  const { signal } = new AbortController()
  site = await openSandboxSite(config, { clock: machineClock, log, signal })
  const before = await site.jira.approximateCount('project = TPM', signal)
  expect(before).toBe(config.sandbox.historyTickets)

  await others.stop()
  await vi.waitFor(
    async () => expect(await site?.jira.approximateCount('project = TPM', signal)).toBe(before),
    { timeout: 15_000, interval: 100 },
  )
  expect(site.id).toBe(others.siteId)
})
