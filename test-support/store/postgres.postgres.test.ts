import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startPostgres, type PostgresOptions, type TestPostgres } from './postgres.ts'
import { findPostgres } from './postgres-bin.ts'
import { anyRuns, childrenOf } from './postgres-processes.ts'
import { queryOnce } from './postgres-query.ts'

async function start(options: PostgresOptions): Promise<TestPostgres> {
  const server = await startPostgres(options)
  onTestFinished(() => server.stop())
  return server
}

const found = [18, 15].flatMap((major) => findPostgres(major) ?? [])

describe.each(found)('a server of $version', ({ bin, major }) => {
  test('comes back on the same port with what was committed, when all its processes were killed', async () => {
    const server = await start({ bin })
    expect(Number.parseInt(server.version)).toBe(major)
    await queryOnce(server.url(), 'CREATE TABLE kept AS SELECT 1 AS n')
    const backend = new Client(server.url())
    const cut = new Promise((resolve) => backend.once('error', resolve))
    await backend.connect()
    const pids = [server.pid(), ...childrenOf(server.pid())]
    await server.kill()
    expect(anyRuns(pids)).toBe(false)
    expect(server.pid()).toBe(0)
    await cut
    await expect(queryOnce(server.url(), 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await server.restart()
    expect(await queryOnce(server.url(), 'SELECT n FROM kept')).toEqual([{ n: 1 }])
  })

  test('answers nobody while it is stalled, and everybody afterwards', async () => {
    const server = await start({ bin })
    const backend = new Client(server.url())
    await backend.connect()
    server.stall()
    let answered = false
    const old = backend.query('SELECT 1').then(() => (answered = true))
    const fresh = queryOnce(server.url(), 'SELECT 1').then(() => (answered = true))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(answered).toBe(false)
    server.continue()
    await Promise.all([old, fresh])
    await backend.end()
  })

  test('takes other settings and files when it is started again: a standby only reads', async () => {
    const server = await start({ bin })
    await queryOnce(server.url(), 'CREATE TABLE t (n INT)')
    server.write('standby.signal', '')
    await server.restart({ work_mem: '7MB' })
    expect(await queryOnce(server.url(), 'SHOW work_mem')).toEqual([{ work_mem: '7MB' }])
    await expect(queryOnce(server.url(), 'INSERT INTO t VALUES (1)')).rejects.toMatchObject({ code: '25006' })
  })
})

test('a server keeps a data folder that it was given, and goes with everything else', async () => {
  const first = await start({})
  await queryOnce(first.url(), 'CREATE TABLE kept AS SELECT 1 AS n')
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-pg-test-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const second = await start({ dataDir: path.join(folder, 'data') })
  await queryOnce(second.url(), 'CREATE TABLE kept AS SELECT 2 AS n')
  await first.stop()
  await second.stop()
  expect([existsSync(first.dataDir), existsSync(second.dataDir)]).toEqual([false, true])
  const third = await start({ dataDir: second.dataDir })
  expect(await queryOnce(third.url(), 'SELECT n FROM kept')).toEqual([{ n: 2 }])
})

test('a server, even a stalled one, does not outlive the process that started it', async () => {
  const script = fileURLToPath(new URL('./start-postgres.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { pid, folder } = JSON.parse(line) as { pid: number; folder: string }
  const pids = [pid, ...childrenOf(pid)]
  expect(anyRuns(pids)).toBe(true)
  child.kill('SIGKILL')
  await vi.waitFor(() => expect([anyRuns(pids), existsSync(folder)]).toEqual([false, false]), 20_000)
})

test.runIf(process.getuid?.() === 0)(
  'programs in a folder of root’s alone are run all the same',
  async () => {
    const hidden = mkdtempSync(path.join(tmpdir(), 'tpm-pg-test-')) // only its maker may enter
    onTestFinished(() => rmSync(hidden, { recursive: true }))
    const programs = path.join(hidden, 'native')
    cpSync(path.dirname(findPostgres(18)?.bin ?? ''), programs, { recursive: true, verbatimSymlinks: true })
    const server = await start({ bin: path.join(programs, 'bin') })
    expect(await queryOnce(server.url(), 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  },
)
