import Database from 'better-sqlite3'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { SITE, WATCHED } from '../../../test-support/store/pages.ts'
import { openSqliteStore } from './store.ts'

test('two processes that write to one file: the counts are right at every commit, and none is lost', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-two-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'tpm.sqlite')
  const store = await openSqliteStore({ file, clock: machineClock })
  onTestFinished(() => store.close())
  const database = new Database(file, { readonly: true })
  onTestFinished(() => void database.close())
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    database.prepare<unknown[], Record<string, unknown>>(sql).all()

  const writers = ['0', '1000000'].map((from) => start(file, from))
  const said = writers.map(lastSaid)
  let seen = 0
  for (const untilMs = Date.now() + 10_000; said.some((last) => last() < 60) || seen < 120;) {
    expect(Date.now()).toBeLessThan(untilMs)
    expect(await countDifferences(rows)).toEqual([])
    seen = await store.seq(SITE)
    await setTimeout(2)
  }
  for (const writer of writers) writer.kill('SIGKILL')
  await Promise.all(writers.map((writer) => once(writer, 'close')))

  expect(await countDifferences(rows)).toEqual([])
  const seq = await store.seq(SITE)
  expect(seq).toBeGreaterThanOrEqual(Math.max(...said.map((last) => last())))
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(seq * 10)
})

function start(file: string, from: string): ChildProcess {
  const script = fileURLToPath(new URL('../../../test-support/store/sqlite/write-pages.ts', import.meta.url))
  const child = spawn(process.execPath, [script, file, from], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** The number of the last commit that a writer has reported. */
function lastSaid({ stdout }: ChildProcess): () => number {
  let last = 0
  stdout?.on('data', (chunk: Buffer) => {
    last = Number(String(chunk).trim().split('\n').at(-1))
  })
  return () => last
}
