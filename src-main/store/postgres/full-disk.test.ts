import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { give, serverAccount } from '../../../test-support/store/postgres-account.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import {
  addThing,
  failureOf,
  failureText,
  testConnection,
} from '../../../test-support/store/postgres/connection.ts'

let folder: string
let server: TestPostgres
beforeEach(async ({ skip }) => {
  folder = mkdtempSync(path.join(tmpdir(), 'jira-tpm-disk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  if (!mountSmallDisk()) skip('No disk can be mounted here')
  onTestFinished(() => void execFileSync('/bin/umount', [folder]))
  give(folder, serverAccount())
  server = await startPostgres()
  onTestFinished(() => server.stop())
  await queryOnce(server.url(), `CREATE TABLESPACE small LOCATION '${folder}'`)
  await queryOnce(server.url(), 'CREATE DATABASE small TABLESPACE small')
})

/** A disk of 24 MB, where we may mount one. */
function mountSmallDisk(): boolean {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Fills it with a file that can be removed. */
function fillDisk(): string {
  const ballast = path.join(folder, 'ballast')
  try {
    writeFileSync(ballast, Buffer.alloc(24 * 2 ** 20))
  } catch {
    // as much as there was room for
  }
  return ballast
}

test('a disk that is full, and has room again', async () => {
  const connection = await testConnection(
    testConfig({ host: server.host, port: server.port, database: 'small' }),
  )
  const told = vi.fn<() => void>()
  connection.onCommit('site', ['tickets'], told)
  await addThing(connection, 1)

  const ballast = fillDisk()
  const { error } = await failureOf(fill(connection))
  expect(error).toMatchObject({ code: 'store-full', retryable: true })
  expect(errorText(error)).toContain('is full')
  expect(errorText(error)).toContain('what was stored before is safe')
  await connection.becomes('down')
  const { error: next, ms } = await failureOf(connection.query('SELECT 1'))
  expect(next.code).toBe('store-full')
  expect(ms).toBeLessThan(promisedMs(50))

  // It looks again every second, and finds it full.
  const changes = connection.healthChanges()
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(connection.healthChanges()).toBe(changes)
  told.mockClear()
  rmSync(ballast)
  const backMs = await connection.becomes('up')
  expect(backMs).toBeLessThan(promisedMs(2_000))
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  await addThing(connection, 2)
  expect(await connection.query('SELECT id FROM things ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
})

test('a disk that is full on the primary alone: nothing is stored until another takes its place', async () => {
  // Else the standby would make the tablespace anew, where the primary has its own.
  await queryOnce(server.url(), 'CHECKPOINT')
  await server.kill()
  const standby = await startPostgres({ standbyOf: server, settings: { allow_in_place_tablespaces: 'on' } })
  onTestFinished(() => standby.stop())
  await server.restart()
  const { host, port } = server
  const connection = await testConnection({
    ...testConfig({ host, port: standby.port, database: 'small' }),
    others: [{ host, port }],
  })
  await addThing(connection, 1)
  fillDisk()
  const { error } = await failureOf(fill(connection))
  expect(error).toMatchObject({ code: 'store-full', retryable: true })
  await connection.becomes('down')
  expect(failureText(connection)).toContain(`The disk of PostgreSQL at ${host}:${port}/small is full.`)
  const hasFollowed = async (): Promise<unknown> =>
    queryOnce(standby.url('small'), 'SELECT id FROM jira_tpm.things ORDER BY id')
  await vi.waitFor(async () => expect(await hasFollowed()).toEqual([{ id: 1 }]), 30_000)

  await server.kill()
  await queryOnce(standby.url(), 'SELECT pg_promote()')
  await connection.becomes('up')
  await addThing(connection, 2)
  expect(await hasFollowed()).toEqual([{ id: 1 }, { id: 2 }])
})

/** More rows than there is room for. */
async function fill(connection: Awaited<ReturnType<typeof testConnection>>): Promise<void> {
  await connection.write(async (tx) => {
    await tx.query(`INSERT INTO things SELECT g, repeat('x', 1900) FROM generate_series(1000, 20000) g`)
  })
}
