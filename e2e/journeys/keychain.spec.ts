import { readdir } from 'node:fs/promises'
import { startTestKeyring, whyNoKeyring } from '../../test-support/secrets/gnome-keyring.ts'
import { expect, test } from '../fixtures/app.ts'
import { callCore } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { filesBelow, plantToken, watchProcesses } from '../fixtures/planted.ts'
import { startRealSite } from '../fixtures/real-site.ts'
import { openSettings } from '../fixtures/settings-page.ts'

test('without a keychain the desktop encrypts a file', async ({ app }) => {
  test.skip(process.platform !== 'linux', 'elsewhere there is always a keychain')
  const { secrets } = await callCore(app.page, 'settings.get', {})
  expect(secrets).toMatchObject({ kind: 'safe-storage', problem: null })
})

const reason = whyNoKeyring()
const testWithKeyring = test.extend({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see that nothing is taken
  appEnv: async ({}, run) => {
    const keyring = await startTestKeyring()
    await run(keyring.env)
    await keyring.stop()
  },
})

testWithKeyring.describe(() => {
  testWithKeyring.skip(reason !== null, `no keychain to try: ${reason}`)

  testWithKeyring('with one, a token goes into it and nowhere else', async ({ app }) => {
    const planted = plantToken('in-the-keychain')
    const site = await startRealSite({ apiToken: planted.token })
    const processes = watchProcesses()
    const settings = await openSettings(app.page)
    await settings.connect(site)
    await expect(app.page.getByText('Its token is kept in Secret Service')).toBeVisible()

    await app.restart()
    await expect.poll(() => storedTickets(app.page)).toBe((await site.watched()).length)
    expect(await readdir(app.dataDir)).not.toContain('credentials.json')
    await app.close()
    const files = await filesBelow(app.dataDir)
    expect(files.flatMap(({ name, bytes }) => planted.findIn(name, bytes))).toEqual([])
    expect(processes.stop().flatMap((seen) => planted.findIn(seen, seen))).toEqual([])
    await site.stop()
  })
})
