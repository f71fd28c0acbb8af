import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { machineClock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { Store, TicketPage } from '../store.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { migrationTarget } from './migrations.ts'
import { sqliteStore } from './store.ts'

describe('a full disk', () => {
  let disk: SmallDisk
  let db: SqliteDb
  let store: Store
  beforeEach(async () => {
    disk = mountSmallDisk()
    db = await openConnection(path.join(disk.folder, 'tpm.sqlite'), machineClock)
    disk.limit(db)
    store = sqliteStore(db)
  })
  afterEach(() => {
    db.close()
    disk.remove()
  })
  const makeTables = (): Promise<number> =>
    migrate(migrationTarget(db, machineClock), readMigrations('sqlite'))
  const full = {
    code: 'store-full',
    retryable: true,
    message: expect.stringContaining('tpm.sqlite') as string,
  }

  test('keeps what was stored, and takes the page that failed when there is room again', async () => {
    await makeTables()
    const pages = await fill(store)
    expect(pages).toBeGreaterThan(0)
    await expect(store.applyPage(pageWithLongTitles(pages))).rejects.toMatchObject(full)
    expect(await store.seq(SITE)).toBe(pages)
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(pages * 10)

    disk.grow(db)
    const commit = await store.applyPage(pageWithLongTitles(pages))
    expect(commit).toMatchObject({
      seq: pages + 1,
      inserted: 10,
      updated: 0,
      left: 0,
      removed: 0,
      doubtful: [],
    })
  })

  test('leaves no half of a migration, and the store is made when there is room again', async () => {
    const huge = {
      number: 1,
      name: 'huge',
      part: 'ledger' as const,
      checksum: 'x',
      sql: 'CREATE TABLE first (n BIGINT); CREATE TABLE second AS SELECT zeroblob(2000000) AS bytes;',
    }
    await expect(migrate(migrationTarget(db, machineClock), [huge])).rejects.toMatchObject(full)
    const tables = db.statement<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')
    expect(tables.get()).toEqual({ n: 0 })

    disk.grow(db)
    await makeTables()
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
  })
})

/** Stores pages until one does not go in; says how many did. */
async function fill(store: Store): Promise<number> {
  for (let pages = 0; ; pages++) {
    try {
      await store.applyPage(pageWithLongTitles(pages))
    } catch {
      return pages
    }
  }
}

function pageWithLongTitles(n: number): TicketPage {
  return page(Array.from({ length: 10 }, (_, i) => ticket(`${n}-${i}`, { title: 'Long '.repeat(200) })))
}

/** A folder with room for about 1.4 MB, of which the empty tables, written ahead first, take about two thirds: on a disk of its own where we may mount one, else by SQLite's own limit. */
interface SmallDisk {
  readonly folder: string
  /** To be called once after opening a file there: the limit of SQLite is one connection's. */
  limit(db: SqliteDb): void
  /** Makes room, as somebody who deletes files does. */
  grow(db: SqliteDb): void
  remove(): void
}

function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'jira-tpm-disk-'))
  const mounted = canRun('/bin/mount', '-t', 'tmpfs', '-o', 'size=1400k', 'tmpfs', folder)
  return {
    folder,
    limit(db) {
      if (!mounted) limitPages(db, 340)
    },
    grow(db) {
      if (mounted) execFileSync('/bin/mount', ['-o', 'remount,size=6m', folder])
      else limitPages(db, 10_000)
    },
    remove() {
      if (mounted) execFileSync('/bin/umount', [folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function limitPages(db: SqliteDb, pages: number): void {
  db.statement(`PRAGMA max_page_count = ${pages}`).get()
}

function canRun(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
