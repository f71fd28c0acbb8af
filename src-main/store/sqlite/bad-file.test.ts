import Database from 'better-sqlite3'
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { machineClock } from '../../runtime/clock.ts'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { openFile } from './connection.ts'
import { openSqliteStore } from './store.ts'

describe('a file that cannot be the store', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bad-'))
    file = path.join(folder, 'tpm.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test.each([
    ['a short text', Buffer.from('hello')],
    ['a long text', Buffer.from('Not a database, but somebody wrote it. '.repeat(1_000))],
  ])('%s is refused and stays as it is', async (_name, content) => {
    await writeFile(file, content)
    const error = await refusal(file)
    expect(error.code).toBe('store-not-a-database')
    expect(error.message).toContain(file)
    expect(error.hint).toContain('--store')
    expect(await readFile(file)).toEqual(content)
    expect(await readdir(folder)).toEqual(['tpm.sqlite'])
  })

  test("another program's database is refused and stays as it is", async () => {
    withDatabase(file, (database) => database.exec('CREATE TABLE bookmarks (url TEXT)'))
    const content = await readFile(file)
    expect((await refusal(file)).code).toBe('store-not-a-database')
    expect(await readFile(file)).toEqual(content)
    expect(await readdir(folder)).toEqual(['tpm.sqlite'])
  })

  test('a damaged one says so when it is read', async () => {
    const store = await openSqliteStore({ file, clock: machineClock })
    await store.applyPage(page(Array.from({ length: 400 }, (_, i) => ticket(String(i)))))
    await store.close()
    const handle = await open(file, 'r+')
    // Everything after the first page, which holds the list of tables.
    const { size } = await handle.stat()
    await handle.write(Buffer.alloc(size - 4_096, 0x58), 0, size - 4_096, 4_096)
    await handle.close()
    const error = await refusal(file)
    expect(error.code).toBe('store-not-a-database')
    expect(error.message).toContain('damaged')
  })

  test('one that a newer version made is refused and stays as it is', async () => {
    await openSqliteStore({ file, clock: machineClock }).then((store) => store.close())
    withDatabase(file, (database) =>
      database.exec(`INSERT INTO migrations VALUES (9999, 'from-the-future', 'ledger', 'x', 0, NULL)`),
    )
    const content = await readFile(file)
    const error = await refusal(file)
    expect(error.code).toBe('store-newer')
    expect(error.message).toContain('9999_from-the-future')
    expect(error.hint).toContain('newer version')
    expect(await readFile(file)).toEqual(content)
  })

  test('one in a folder that is not there, or that nobody may write to, names the folder', async () => {
    for (const place of [path.join(folder, 'missing', 'tpm.sqlite'), '/proc/tpm.sqlite']) {
      const error = await refusal(place)
      expect(error.code).toBe('folder-not-writable')
      expect(error.hint).toContain(path.dirname(place))
    }
  })

  test('a folder of that name is no file', async () => {
    await mkdir(file)
    expect((await refusal(file)).code).toBe('folder-not-writable')
  })

  test('an empty file is refused: what was in it is gone, and a person should know', async () => {
    await writeFile(file, '')
    const error = await refusal(file)
    expect(error.code).toBe('store-not-a-database')
    expect(error.message).toContain(`${file} is empty`)
    expect(error.hint).toContain('delete it')
    expect(await readdir(folder)).toEqual(['tpm.sqlite'])
    expect((await readFile(file)).byteLength).toBe(0)
  })

  test('a new one is never empty, and leaves nothing beside it', async () => {
    const database = openFile(file)
    onTestFinished(() => void database.close())
    expect((await readFile(file)).byteLength).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual(['tpm.sqlite'])
  })

  test('two that make it at once both have it', async () => {
    const stores = await Promise.all([0, 1].map(() => openSqliteStore({ file, clock: machineClock })))
    for (const store of stores) expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
    await Promise.all(stores.map((store) => store.close()))
  })

  test('a closed store refuses calls; closing it again does nothing', async () => {
    const store = await openSqliteStore({ file, clock: machineClock })
    await store.close()
    await store.close()
    await expect(store.seq(SITE)).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(store.applyPage(page([ticket('1')]))).rejects.toMatchObject({ code: 'store-unavailable' })
  })
})

async function refusal(file: string): Promise<AppError> {
  try {
    const store = await openSqliteStore({ file, clock: machineClock })
    await store.close()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('The file was taken')
}

function withDatabase(file: string, work: (database: Database.Database) => void): void {
  const database = new Database(file)
  try {
    work(database)
  } finally {
    database.close()
  }
}
