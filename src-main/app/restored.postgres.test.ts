import { describe, expect, test, vi } from 'vitest'
import { openTestApp, startTestSite } from '../../test-support/app.ts'
import { expectAllBut, expectWhole, loseTime, openSettled } from '../../test-support/restored.ts'
import {
  hasBackupPrograms,
  NO_PROGRAMS,
  restorableCluster,
  restorableDump,
} from '../../test-support/store/restorable.ts'

const soon = { timeout: 60_000, interval: 50 }

if (!hasBackupPrograms) console.error(`\nNO DATABASE IS RESTORED FROM A BACKUP: ${NO_PROGRAMS}.\n`)

describe.skipIf(!hasBackupPrograms).each([
  ['pg_dump and pg_restore', restorableDump],
  ['a base backup and recovery_target_time', restorableCluster],
])('a database that is restored by %s', { timeout: 240_000 }, (_way, make) => {
  test('while two instances have it open: both say so, ask everything anew, and all is right again', async () => {
    const site = await startTestSite({ historyTickets: 30 })
    const backups = await make()
    const other = await openSettled(site, backups)
    const lost = await loseTime(site, backups)
    const { app } = lost
    const resets: boolean[] = []
    other.hub.on('counts.changed', ({ reset }) => resets.push(reset))
    await backups.restore()

    for (const one of [app, other]) {
      await vi.waitFor(() => expect(one.stores.at(-1)?.restored).toBeDefined(), soon)
      expect(one.stores.at(-1)?.restored?.what).toContain('was restored from a backup')
    }
    await vi.waitFor(() => expect(resets).toContain(true), soon)
    for (const one of [app, other]) await expectAllBut(lost.gone, one, site)
    await expectWhole(app, site, lost)

    // A third, which never saw the store before, learns of it from the store.
    const third = await openTestApp(site, { store: backups.config })
    expect((await third.call('store.status', {})).restored).toBeDefined()
  })
})
