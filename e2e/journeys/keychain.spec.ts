import type { Page } from 'playwright'
import { startTestKeyring, whyNoKeyring } from '../../src-main/secrets/testing-gnome-keyring.ts'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import { expect, test } from '../fixtures/app.ts'

/** Where the window is told that a token would be kept. */
function secretsOf(page: Page): Promise<Reply> {
  return page.evaluate(() => (window as unknown as { jiraTpm: PreloadApi }).jiraTpm.call['settings.get']({}))
}

test('without a keychain the desktop encrypts a file', async ({ app }) => {
  test.skip(process.platform !== 'linux', 'elsewhere there is always a keychain')
  expect(await secretsOf(app.page)).toMatchObject({
    result: { secrets: { kind: 'safe-storage', problem: null } },
  })
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

  testWithKeyring('with one, tokens go into it', async ({ app }) => {
    expect(await secretsOf(app.page)).toMatchObject({
      result: { secrets: { kind: 'keychain', problem: null } },
    })
  })
})
