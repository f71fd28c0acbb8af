import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { TicketPage } from '../store.ts'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store-suite/pages.ts'
import { applyPage } from './apply-page.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { mountSmallDisk, type SmallDisk } from '../../../test-support/store/sqlite/small-disk.ts'
import { migrationTarget } from './migrations.ts'
import { ticketTotal } from './counts.ts'
import { readSeq } from './seq.ts'

describe('a full disk', () => {
  let disk: SmallDisk
  let db: SqliteDb
  beforeEach(async () => {
    disk = mountSmallDisk()
    db = await openConnection(path.join(disk.folder, 'tpm.sqlite'), machineClock)
    disk.limit(db)
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
    const pages = await fill(db)
    expect(pages).toBeGreaterThan(0)
    await expect(applyPage(db, pageWithLongTitles(pages))).rejects.toMatchObject(full)
    expect(await db.read(() => readSeq(db, SITE).seq)).toBe(pages)
    expect(await ticketTotal(db, SITE, WATCHED)).toBe(pages * 10)

    disk.grow(db)
    const commit = await applyPage(db, pageWithLongTitles(pages))
    expect(commit).toEqual({ seq: pages + 1, inserted: 10, updated: 0, left: 0, removed: 0, doubtful: [] })
  })

  test('leaves no half of a migration, and the store is made when there is room again', async () => {
    const huge = {
      number: 1,
      name: 'huge',
      part: 'ledger' as const,
      checksum: 'x',
      sql: 'CREATE TABLE first (n BIGINT); CREATE TABLE second AS SELECT zeroblob(1000000) AS bytes;',
    }
    await expect(migrate(migrationTarget(db, machineClock), [huge])).rejects.toMatchObject(full)
    const tables = db.statement<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')
    expect(tables.get()).toEqual({ n: 0 })

    disk.grow(db)
    await makeTables()
    expect(await applyPage(db, page([ticket('1')]))).toMatchObject({ inserted: 1 })
  })
})

/** Stores pages until one does not go in; says how many did. */
async function fill(db: SqliteDb): Promise<number> {
  for (let pages = 0; ; pages++) {
    try {
      await applyPage(db, pageWithLongTitles(pages))
    } catch {
      return pages
    }
  }
}

function pageWithLongTitles(n: number): TicketPage {
  return page(Array.from({ length: 10 }, (_, i) => ticket(`${n}-${i}`, { title: 'Long '.repeat(200) })))
}
