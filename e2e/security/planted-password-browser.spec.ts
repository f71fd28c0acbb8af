import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright'
import type { GuardedServer } from '../../test-support/store-check/store-check.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { NO_SQL_STATE, SQL_STATES, startEchoingPostgres } from '../fixtures/echoing-postgres.ts'
import { hearBrowser } from '../fixtures/heard.ts'
import { filesBelow, plantToken, watchProcesses } from '../fixtures/planted.ts'
import { serveDashboard } from '../fixtures/served.ts'
import { expect, test as base } from '../fixtures/with-postgres.ts'

const control = `control-${crypto.randomUUID()}`
const planted = plantToken('planted')

/** A server that takes the planted password. */
const test = base.extend<{ dataDir: string }>({
  guarded: async ({ guarded }, run) => {
    await guarded.sql(`ALTER ROLE owner PASSWORD '${planted.token}'`)
    await guarded.sql(`CREATE DATABASE "${control}" OWNER owner`)
    await run(guarded)
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see that nothing is taken
  dataDir: async ({}, run) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
    await run(folder)
    await rm(folder, { recursive: true, maxRetries: 5 })
  },
})

function address(port: number, database = control): string {
  return `postgres://owner:${encodeURIComponent(planted.token)}@127.0.0.1:${port}/${database}`
}

test('a password of DATABASE_URL never comes out of the dashboard’s server', async ({ guarded, dataDir }) => {
  const processes = watchProcesses(['cmdline'])
  const served = serveDashboard(dataDir, { DATABASE_URL: address(guarded.port) })
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  const heard = hearBrowser()
  await heard.listen(page)
  try {
    await page.goto(await served.link())
    await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
    await heard.look(page)
    await away(guarded, async () => {
      await expect(page.getByRole('region', { name: 'Store out of reach' })).toBeVisible({ timeout: 15_000 })
      await heard.look(page)
      await heard.ask(page, 'store.useFallback', {})
      await heard.look(page)
    })
    await expect(page.getByRole('contentinfo')).toContainText(control, { timeout: 10_000 })
    await heard.look(page)
  } finally {
    await browser.close()
    await served.interrupt()
  }
  const seen = processes.stop()
  const files = await filesBelow(dataDir)

  expect(heard.texts.join('\n').split(control).length).toBeGreaterThan(10)
  expect(files.some(({ name, bytes }) => name.endsWith('jira-tpm.log') && bytes.includes(control))).toBe(true)
  expect(served.output()).toContain('The dashboard')
  if (process.platform === 'linux') expect(seen.join('\n')).toContain(dataDir)
  expect.soft(heard.texts.flatMap((text) => planted.findIn(text.slice(0, 500), text))).toEqual([])
  expect.soft(files.flatMap(({ name, bytes }) => planted.findIn(name, bytes))).toEqual([])
  expect.soft(seen.flatMap((text) => planted.findIn(text.slice(0, 500), text))).toEqual([])
  expect.soft(planted.findIn('stdout and stderr', served.output())).toEqual([])
})

test('no command prints a password of DATABASE_URL, whatever goes wrong with it', async ({
  guarded,
  dataDir,
}) => {
  const echoing = await startEchoingPostgres(control)
  const run = (args: readonly string[], DATABASE_URL: string): Promise<string> =>
    output(dataDir, args, { DATABASE_URL })
  const outputs = [
    await run(['fetch-tickets', '--json'], address(guarded.port)),
    await run(['doctor'], address(guarded.port)),
    await run(['counts'], address(guarded.port, `${control}-not-there`)),
    await run(['counts'], address(1)),
    await run(['counts', '--json'], `${address(guarded.port)}?sslmode=${control}`),
    await run(['counts'], `postgres://owner:${planted.token}@127.0.0.1/${control}`),
    await run(['counts'], `mysql://owner:${planted.token}@127.0.0.1/${control}`),
  ]
  for (const code of [...SQL_STATES, NO_SQL_STATE]) {
    echoing.answerWith(code)
    outputs.push(await run(['counts'], address(echoing.port)))
  }
  outputs.push(await run(['doctor'], address(echoing.port)))
  expect(echoing.wasTold()).toBe(true)
  await echoing.stop()
  const files = await filesBelow(dataDir)

  expect(outputs.filter((text) => text.includes(control)).length).toBeGreaterThan(5)
  expect.soft(outputs.flatMap((text) => planted.findIn(text, text))).toEqual([])
  expect.soft(files.flatMap(({ name, bytes }) => planted.findIn(name, bytes))).toEqual([])
})

async function away(server: GuardedServer, look: () => Promise<void>): Promise<void> {
  await server.kill()
  await look()
  await server.restart()
}

/** Everything that a command of the built command line prints until it ends. */
async function output(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const cli = path.join(APP_FOLDER, 'out', 'main', 'cli.js')
  const child = spawn(process.execPath, [cli, ...args, '--data-dir', dataDir], {
    cwd: dataDir,
    env: { ...cleanEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return Buffer.concat(chunks).toString()
}
