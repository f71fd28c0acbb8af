import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, inject, test } from 'vitest'
import { createCliFixture } from '../../test-support/commands/cli.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { atEnd } from '../../test-support/end.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { openTokens } from '../../test-support/tokens/open-tokens.ts'
import { readMinutes, writeLargeRun } from '../../test-support/server/readers.ts'

const SLOTS = 100_000
const CALLS = 300
const HEAP_MB = 512
const MAX_MB = 350

// bench/readers.ts has more calls, and viewers.
test(`one reader who asks ${CALLS} times at once for a run of ${SLOTS} slots ends no server`, async () => {
  const cli = createCliFixture()
  atEnd(async () => cli.close())
  mkdirSync(cli.dataDir, { mode: 0o700 })
  const { tokens, close } = await openTokens(cli.dataDir, { keychain: createMemoryKeychain() })
  const wish = { scope: 'read', ttlMs: 3_600_000, name: 'reader' } as const
  const { token } = await tokens.create(wish, new AbortController().signal)
  await close()
  const flags = [`--max-old-space-size=${HEAP_MB}`, inject('programs').cli, 'serve', '--port', '0', '--json']
  const server = spawn(process.execPath, [...flags, '--data-dir', cli.dataDir], {
    cwd: cli.cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atEnd(async () => {
    if (server.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit')
  })
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const ready = async (): Promise<number> => (await fetch(`${url}/ready`)).status
  await expect.poll(ready).toBe(200)

  const runId = await writeLargeRun(cli.dataDir, SLOTS, 1_440)
  const { answers, healthMs } = await readMinutes({ url, token, runId }, CALLS)
  expect(answers.get(200)).toBe(CALLS)
  expect([...answers.keys()].filter((status) => status !== 200 && status !== 429)).toEqual([])
  const sorted = healthMs.toSorted((a, b) => a - b)
  expect(sorted[Math.ceil(0.95 * sorted.length) - 1]).toBeLessThanOrEqual(promisedMs(50))
  expect(server.exitCode).toBeNull()
  expect(maxMb(server.pid)).toBeLessThanOrEqual(MAX_MB)
})

/** Linux; other systems do not tell it of another process. */
function maxMb(pid: number | undefined): number {
  if (process.platform !== 'linux') return 0
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024
}
