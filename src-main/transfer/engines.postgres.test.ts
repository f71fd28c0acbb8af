import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { roundTrip } from '../../test-support/transfer/round-trip.ts'
import { EXPORT_FORMATS } from './ticket-lines.ts'

async function openFile(): Promise<Store> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-engines-'))
  const store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}

test.each(EXPORT_FORMATS)('from a file to a server, nothing changes: %s', async (format) => {
  const stores = { from: await openFile(), into: await openTestStore() }
  await expect(roundTrip(stores, format, 30)).resolves.toBeUndefined()
})

test.each(EXPORT_FORMATS)('from a server to a file, nothing changes: %s', async (format) => {
  const stores = { from: await openTestStore(), into: await openFile() }
  await expect(roundTrip(stores, format, 30)).resolves.toBeUndefined()
})
