import { expect, test } from 'vitest'
import { openTestApp, startTestSite } from '../../test-support/app.ts'
import { expectAll, expectAllBut, expectWhole, loseTime } from '../../test-support/restored.ts'
import { restorableFile } from '../../test-support/store/restorable.ts'

test(
  'a file that is put back from a backup: it is said at once, and the next fetch and the run that goes on make all right again',
  { timeout: 180_000 },
  async () => {
    const site = await startTestSite({ historyTickets: 30 })
    const backups = restorableFile()
    const lost = await loseTime(site, backups)
    await lost.app.stop()
    await backups.restore()

    const { dataDir } = lost.app
    const app = await openTestApp(site, { store: backups.config, dataDir })
    const { restored } = await app.call('store.status', {})
    expect(restored?.what).toMatch(/^tpm\.sqlite was restored from a backup of about 20\d\d-/)
    // What was removed since is counted again until a census misses it twice: nothing else differs.
    await app.start()
    await expectAllBut(lost.gone, app, site)
    await expectWhole(app, site, lost)

    await app.stop()
    const again = await openTestApp(site, { store: backups.config, dataDir })
    expect((await again.call('store.status', {})).restored?.what).toBe(restored?.what)
  },
)

test('a store that is as it was left says nothing of a backup', async () => {
  const site = await startTestSite({ historyTickets: 5 })
  const { config: store } = restorableFile()
  const first = await openTestApp(site, { store })
  await first.start()
  await expectAll(first, site)
  await first.stop()
  const { dataDir } = first
  const app = await openTestApp(site, { store, dataDir })
  await app.start()
  await expectAll(app, site)
  expect(await app.call('store.status', {})).not.toHaveProperty('restored')
})
