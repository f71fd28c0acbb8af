import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { atEnd } from '../../test-support/end.ts'
import { ENGINE, makeTestEnvironment } from '../../test-support/store/store.ts'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'
import type { Environment } from '../config/environment.ts'
import { sleep } from '../runtime/async.ts'
import { machineClock } from '../runtime/clock.ts'
import { projectFile } from '../runtime/project-files.ts'

const READS = ['counts', 'runs', 'tickets', 'left-tickets', 'export', 'plot-data --png chart.png']

/** The file of a worker of our own, and what only talks to Jira, or plays it. */
const OF_JIRA =
  /sandbox-worker|node_modules\/(?:jira\.js|fastify)\/|src-main\/jira\/(?:cloud|data-center)\/|jira-sandbox\/src\/(?:sandbox|server|worker)\.ts/
const OF_SERVER = /node_modules\/(?:pg|pg-protocol|pino)\//

describe('what is loaded for a command', () => {
  let cli: CliFixture
  let environment: Environment
  beforeAll(async () => {
    environment = await makeTestEnvironment()
    cli = createCliFixture(environment)
    atEnd(async () => cli.close())
    loadedFor('fetch-tickets')
  })

  /** The sources that the program and its workers loaded, as the bundle names them. */
  function loadedFor(command: string): string[] {
    const list = path.join(cli.cwd, 'loaded')
    rmSync(list, { force: true })
    const hooks = pathToFileURL(projectFile('test-support', 'commands', 'loaded-modules.mjs')).href
    execFileSync(process.execPath, ['--import', hooks, inject('programs').cli, ...command.split(' ')], {
      cwd: cli.cwd,
      env: { ...process.env, ...environment, JIRA_TPM_DATA_DIR: cli.dataDir, LOADED_MODULES: list },
      stdio: 'ignore',
    })
    const files = readFileSync(list, 'utf8').trimEnd().split('\n')
    return files.flatMap((file) => [file, ...sourcesIn(readFileSync(file, 'utf8'))])
  }

  test.each(READS)(
    '%s: no Jira client, sandbox or worker, and what a server takes only for a server',
    (command) => {
      const loaded = loadedFor(command)
      expect(loaded.join('\n')).toContain(`src-main/store/${ENGINE}/store.ts`)
      expect(loaded.filter((name) => OF_JIRA.test(name))).toEqual([])
      expect(loaded.some((name) => OF_SERVER.test(name))).toBe(ENGINE === 'postgres')
    },
  )

  test('a fetch loads nothing of replays and imports, no words for tickets, and what a server takes only for a server', () => {
    const loaded = loadedFor('fetch-tickets').join('\n')
    expect(loaded).toContain('node_modules/undici/lib/dispatcher/agent.js')
    expect(loaded).not.toMatch(/node_modules\/(?:csv-parse|@faker-js|undici\/lib\/(?:mock|cache))\//)
    expect(loaded.includes('node_modules/pg/')).toBe(ENGINE === 'postgres')
  })

  test('a fetch loads them, which shows that they would be found', () => {
    const loaded = loadedFor('fetch-tickets').join('\n')
    for (const part of ['jira.js/', 'jira/cloud/', 'sandbox-worker', 'node_modules/fastify/']) {
      expect(loaded).toContain(part)
    }
  })
})

function sourcesIn(chunk: string): string[] {
  return [...chunk.matchAll(/^\/\/ ?(?:#region )?((?:node_modules|packages|src-[a-z]+)\/\S+)/gm)].map(
    ([, source = '']) => source,
  )
}

/** As long as both reads take, the clock stays in one minute: in the next, the last 60 are others. */
const BOTH_READS_MS = 20_000

/** Resolves when this minute has so long to go. */
async function minuteBegins(): Promise<void> {
  const leftMs = 60_000 - (machineClock.now() % 60_000)
  if (leftMs < BOTH_READS_MS) await sleep(leftMs)
}

describe('once it is known what is watched', () => {
  let jira: TestSandbox
  let cli: CliFixture
  beforeEach(async () => {
    jira = await startTestSandbox({ historyTickets: 20 })
    cli = createCliFixture(await makeTestEnvironment())
    onTestFinished(() => cli.close())
    onTestFinished(() => jira.stop())
  })

  async function run(line: string, env: Environment = {}) {
    const account = { JIRA_URL: jira.url, JIRA_USER: jira.email, JIRA_API_KEY: jira.apiToken }
    const { code, stdout } = await cli.run(line.split(' '), { env: { ...account, ...env } })
    return { code, stdout }
  }

  test.each([...READS, 'counts --json --from 2026-01-01 --to 2026-02-01 --interval 1d'])(
    '%s tells the same while the Jira is away',
    async (command) => {
      await run('fetch-tickets')
      await minuteBegins()
      const before = await run(command)
      expect(before).toMatchObject({ code: 0, stdout: expect.stringMatching(/./) as string })
      await jira.stop()
      expect(await run(command)).toEqual(before)
    },
  )

  test('what else is to be watched the Jira is asked for', async () => {
    await run('fetch-tickets')
    await jira.stop()
    expect((await run('counts', { JIRA_WATCH: 'Low' })).code).toBe(1)
  })

  test('without the ticket tables it is said that they are dropped; runs are there', async () => {
    await run('fetch-tickets')
    await run('drop-table --yes')
    expect((await run('counts')).code).toBe(1)
    expect((await run('runs')).code).toBe(0)
  })
})

test('a sandbox that is made anew has nothing of the former one', async () => {
  const cli = createCliFixture(await makeTestEnvironment())
  onTestFinished(() => cli.close())
  const counted = async (): Promise<number> => {
    const { stdout } = await cli.run(['export', '--format', 'jsonl'])
    return stdout.split('\n').length - 1
  }
  await cli.run(['fetch-tickets'])
  expect(await counted()).toBeGreaterThan(0)
  for (const name of ['sandbox.sqlite', 'sandbox.sqlite-wal', 'sandbox.sqlite-shm']) {
    rmSync(path.join(cli.dataDir, name), { force: true })
  }
  expect(await counted()).toBe(0)
})
