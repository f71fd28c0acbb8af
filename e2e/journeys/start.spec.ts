import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { runCommand } from '../fixtures/command.ts'
import { MAX_START_KB, MAX_WITH_PLOTLY_KB, rendererWeight } from '../fixtures/renderer-weight.ts'

let dataDir: string
const started: ChildProcess[] = []

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
})

test.afterEach(async () => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

interface Started {
  output(): string
  /** Waits until it has printed this. */
  said(words: RegExp): Promise<void>
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }>
}

/** `npm start`, as a person types it, without a display. */
function npmStart(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn('npm', ['start', '--', '--data-dir', dataDir, ...args], {
    cwd: APP_FOLDER,
    env: { ...cleanEnv(), DISPLAY: '', WAYLAND_DISPLAY: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => void (text += chunk.toString()))
  }
  const exited = once(child, 'exit') as Promise<[number | null]>
  return {
    output: () => text,
    said: (words) => expect.poll(() => text, { timeout: 15_000 }).toMatch(words),
    async end(signal) {
      const began = performance.now()
      if (signal !== undefined) child.kill(signal)
      const [code] = await exited
      return { code, tookMs: performance.now() - began }
    },
  }
}

test.skip(process.platform === 'win32', 'signals of this kind do not exist on Windows')

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`npm start without Electron says how to get it, serves the dashboard, and ends on ${signal}`, async () => {
    // An empty folder where Electron's would be: also where it is installed this is a machine without it.
    const app = npmStart(['--port', '0'], { ELECTRON_OVERRIDE_DIST_PATH: dataDir })
    await app.said(/The dashboard: http:\/\/127\.0\.0\.1:\d+\n/)
    // Nobody may be looking: what it prints may be kept as a log.
    expect(app.output()).toContain(`jira-tpm --data-dir ${dataDir} token link --scope admin`)
    expect(app.output()).not.toContain('code=')
    expect(app.output()).toContain('npx install-electron')
    const { code, tookMs } = await app.end(signal)
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(2_000)
  })
}

test('npm start with Electron but no display says so and serves the dashboard', async () => {
  const app = npmStart(['--port', '0'], { ELECTRON_OVERRIDE_DIST_PATH: standInFolder() })
  await app.said(/The dashboard: http/)
  expect(app.output()).toContain('there is no display')
  expect(await app.end('SIGINT')).toMatchObject({ code: 0 })
})

test('npm start with Electron and a display opens the window instead', async () => {
  const app = npmStart([], {
    ELECTRON_OVERRIDE_DIST_PATH: standInFolder(),
    DISPLAY: ':0',
  })
  await expect
    .poll(async () => (await logLines()).join('\n'), { timeout: 15_000 })
    .toContain('sandbox started')
  expect(app.output()).not.toContain('The dashboard:')
  expect(await app.end('SIGINT')).toMatchObject({ code: 0 })
})

test('npm start fills a new workspace with weeks of tickets, and begins no run by itself', async () => {
  const app = npmStart(['--port', '0'], { ELECTRON_OVERRIDE_DIST_PATH: dataDir })
  await app.said(/The dashboard: http/)
  const counts = async (): Promise<number> => {
    const printed = await runCommand(dataDir, ['counts', '--json', '--from', '-20d', '--interval', '1h'])
    const { buckets } = JSON.parse(printed) as { buckets: { total: number | null }[] }
    return buckets.reduce((sum, { total }) => sum + (total ?? 0), 0)
  }
  await expect.poll(counts).toBeGreaterThan(3_000)
  expect(JSON.parse(await runCommand(dataDir, ['runs', '--json']))).toMatchObject({ runs: [] })
  await app.end('SIGINT')
})

test('a port that is taken is named, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const app = npmStart(['--port', String(port)], { ELECTRON_OVERRIDE_DIST_PATH: dataDir })
  expect(await app.end()).toMatchObject({ code: 1 })
  expect(app.output()).toContain(`Port ${port} is used by another program`)
  expect(app.output()).toContain('--port')
  other.close()
})

/** The stand-in has a file `electron` where Electron's binary would be. */
function standInFolder(): string {
  return path.join(APP_FOLDER, 'e2e', 'electron-stand-in')
}

async function logLines(): Promise<string[]> {
  return readFile(path.join(dataDir, 'logs', 'jira-tpm.log'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
}

test('what a window loads at its start is light, before Plotly and with it', async () => {
  const { start, plotly } = await rendererWeight()
  expect(start).toBeLessThanOrEqual(MAX_START_KB)
  expect(plotly).toBeGreaterThan(100)
  expect(start + plotly).toBeLessThanOrEqual(MAX_WITH_PLOTLY_KB)
})
