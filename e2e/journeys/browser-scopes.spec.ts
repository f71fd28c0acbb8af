import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { barHeights } from '../fixtures/chart.ts'
import { withServed } from '../fixtures/with-served.ts'
import { openRehearse } from '../fixtures/run-menu.ts'

const run = promisify(execFile)

const world = withServed()

test.beforeEach(async () => void (await world().served.url()))

/** `jira-tpm token …` beside the dashboard that is served, in a process of its own. */
async function token(...argv: readonly string[]): Promise<Record<string, string>> {
  const cli = path.join(APP_FOLDER, 'out', 'main', 'cli.js')
  const args = [cli, 'token', ...argv, '--json', '--data-dir', world().dataDir]
  const { stdout } = await run(process.execPath, args, { cwd: world().dataDir, env: cleanEnv() })
  return JSON.parse(stdout) as Record<string, string>
}

async function open(link: string | undefined): Promise<Page> {
  const page = await (await world().browser.newContext()).newPage()
  await page.goto(link ?? '')
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

test('a link for looking on shows everything and offers nothing that it may not; revoked, it ends at once', async () => {
  const { link, id } = await token('link', '--scope', 'read')
  const page = await open(link)
  await openRehearse(page)
  await expect(page.getByText('This browser may look on. Others start and stop runs.')).toBeVisible()
  await expect(
    page.getByRole('button', { name: /Fetch now|Retry|Start|Stop|Pause|New run|Clean up/ }),
  ).toHaveCount(0)
  await page.keyboard.press('f') // nothing is sent, so nothing is refused
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByText(/Which Jira is watched.*may change settings/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Connect' })).toHaveCount(0)
  await expect(page.getByRole('alert')).toHaveCount(0)

  await token('revoke', id ?? '')
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
})

test('a link for an admin offers all, until the browser is signed out', async () => {
  const { link } = await token('link', '--scope', 'admin')
  const page = await open(link)
  await expect(page.getByRole('button', { name: 'Fetch now' })).toBeVisible()
  await page.getByRole('button', { name: 'Settings' }).click()
  await expect(page.getByRole('button', { name: 'Connect' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign this browser out' }).click()
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
})
