import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { give, serverAccount } from '../../../test-support/store/postgres-account.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres } from '../../../test-support/store/postgres.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import { addThing, failureOf, testConnection } from '../../../test-support/store/postgres/connection.ts'

const FOLDER = mkdtempSync(path.join(tmpdir(), 'jira-tpm-disk-'))
const MOUNTED = mountSmallDisk()

/** A disk of 24 MB, where we may mount one. */
function mountSmallDisk(): boolean {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', FOLDER], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!MOUNTED)('a disk that is full, and has room again', async () => {
  onTestFinished(() => {
    execFileSync('/bin/umount', [FOLDER])
    rmSync(FOLDER, { recursive: true })
  })
  give(FOLDER, serverAccount())
  const server = await startPostgres()
  onTestFinished(() => server.stop())
  await queryOnce(server.url(), `CREATE TABLESPACE small LOCATION '${FOLDER}'`)
  await queryOnce(server.url(), 'CREATE DATABASE small TABLESPACE small')
  const connection = await testConnection(
    testConfig({ host: server.host, port: server.port, database: 'small' }),
  )
  const told = vi.fn<() => void>()
  connection.onCommit('site', ['tickets'], told)
  await addThing(connection, 1)

  const ballast = path.join(FOLDER, 'ballast')
  const fillDisk = (): void => {
    try {
      writeFileSync(ballast, Buffer.alloc(24 * 2 ** 20))
    } catch {
      // as much as there was room for
    }
  }
  fillDisk()
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

/** More rows than there is room for. */
async function fill(connection: Awaited<ReturnType<typeof testConnection>>): Promise<void> {
  await connection.write(async (tx) => {
    await tx.query(`INSERT INTO things SELECT g, repeat('x', 1900) FROM generate_series(1000, 20000) g`)
  })
}
