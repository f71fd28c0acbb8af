import Database from 'better-sqlite3'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { projectFile } from '../../runtime/project-files.ts'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { openSqliteStore } from './store.ts'

describe('a process that is killed', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-crash-'))
    file = path.join(folder, 'tpm.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('while it stores pages leaves every page that it had reported, whole', async () => {
    const mine = await openSqliteStore({ file, clock: machineClock })
    const heard = vi.fn()
    mine.onCommit(SITE, ['tickets'], heard)
    const writer = start(new URL('../../../test-support/store/sqlite/write-pages.ts', import.meta.url), file)
    let reported = 0
    for await (const chunk of writer.stdout ?? []) {
      reported = Number(String(chunk).trim().split('\n').at(-1))
      if (reported >= 20) await kill(writer)
    }
    const seq = await mine.seq(SITE)
    expect(seq).toBeGreaterThanOrEqual(reported)
    expect(await mine.ticketTotal(SITE, WATCHED)).toBe(seq * 10)
    expect(await mine.syncState(SITE, 'all')).toEqual({ watermarkMs: seq * 10, censusMs: null })
    expect(tables(file, 'SELECT count(*) AS n FROM tickets')).toEqual([{ n: seq * 10 }])
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    await mine.close()
  })

  test('in the middle of a migration leaves nothing of it', async () => {
    const migrations = path.join(folder, 'migrations')
    await cp(projectFile('migrations'), migrations, { recursive: true })
    await writeFile(
      path.join(migrations, '0099_endless.sql'),
      `-- part: ledger
       CREATE TABLE half_done (n BIGINT);
       INSERT INTO half_done WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;`,
    )
    const migrating = start(
      new URL('../../../test-support/store/sqlite/migrate-endlessly.ts', import.meta.url),
      file,
      migrations,
    )
    await vi.waitFor(async () => expect((await stat(`${file}-wal`)).size).toBeGreaterThan(1_000_000), {
      timeout: 15_000,
    })
    await kill(migrating)

    const store = await openSqliteStore({ file, clock: machineClock })
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
    await store.close()
    expect(tables(file, `SELECT name FROM sqlite_schema WHERE name = 'half_done'`)).toEqual([])
    expect(tables(file, 'SELECT number FROM migrations WHERE number = 99')).toEqual([])
  })
})

function start(script: URL, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function tables(file: string, sql: string): unknown[] {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}
