import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { openSandboxDatabase } from './open-database.ts'

describe('a sandbox’s file', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-'))
    file = path.join(folder, 'sandbox.sqlite')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const refusal = (refused = file): AppError => {
    try {
      openSandboxDatabase(refused).close()
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
    throw new Error('It was not refused')
  }

  test('is made where it is missing, and opened again after it was closed', () => {
    openSandboxDatabase(file).exec("INSERT INTO meta VALUES ('a', 'b')").close()
    const db = openSandboxDatabase(file)
    expect(db.prepare('SELECT value FROM meta').pluck().all()).toEqual(['b'])
    db.close()
  })

  test('has one sandbox in one process', () => {
    const first = openSandboxDatabase(file)
    expect(refusal()).toMatchObject({ code: 'busy', message: expect.stringContaining(file) })
    first.close()
    openSandboxDatabase(file).close()
  })

  test('has one sandbox in all processes, until that process is gone, however it ends', async () => {
    const program = `
      import { openSandboxDatabase } from ${JSON.stringify(new URL('./open-database.ts', import.meta.url).href)}
      openSandboxDatabase(process.argv[1])
      process.stdout.write('open')
      setInterval(() => undefined, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, file])
    await once(child.stdout, 'data')
    expect(refusal().code).toBe('busy')
    child.kill('SIGKILL')
    await once(child, 'exit')
    openSandboxDatabase(file).close()
  })

  test('is left as it is where it is something else', async () => {
    await writeFile(file, 'My diary. '.repeat(1_000))
    expect(refusal().code).toBe('store-not-a-database')
    expect(await readFile(file, 'utf8')).toBe('My diary. '.repeat(1_000))
  })

  test('is left as it is where it is another program’s database', () => {
    new Database(file).exec('CREATE TABLE diary (day TEXT)').close()
    expect(refusal().code).toBe('store-not-a-database')
    const db = new Database(file)
    expect(db.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['diary'])
    db.close()
  })

  test('is left as it is where a newer program wrote it', () => {
    openSandboxDatabase(file).close()
    const db = new Database(file)
    db.pragma('user_version = 99')
    db.close()
    expect(refusal().code).toBe('store-newer')
  })

  test('cannot be in a folder that is missing, nor be a folder', () => {
    expect(refusal(path.join(folder, 'missing', 'x.sqlite')).code).toBe('folder-not-writable')
    expect(refusal(folder).code).toBe('folder-not-writable')
  })
})
