import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { startStandIn } from '../electron-stand-in/driver.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { barHeights } from '../fixtures/chart.ts'

// In Electron itself such an error stands in a box until a person has read it, so the stand-in shows it.
let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
})

test.afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }))

async function startIn(dataDir: string): Promise<{ code: unknown; said: string }> {
  const args = [`--user-data-dir=${dataDir}`]
  const app = startStandIn({ appFolder: APP_FOLDER, args, env: cleanEnv(), cwd: folder })
  return { code: await app.exited, said: app.output() }
}

test('a store that is no database is named and left as it is, until it is put away', async () => {
  const file = path.join(folder, 'tpm.sqlite')
  await writeFile(file, 'my diary, not a database')
  const args = [`--user-data-dir=${folder}`]
  const app = startStandIn({ appFolder: APP_FOLDER, args, env: cleanEnv(), cwd: folder })
  const page = await app.firstPage()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(file)
  expect(await readFile(file, 'utf8')).toBe('my diary, not a database')

  await rename(file, `${file}.diary`)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => barHeights(page)).not.toEqual([])
  expect(await app.quit()).toBe(0)
})

test('a data folder that cannot be one is named', async () => {
  const file = path.join(folder, 'a-file')
  await writeFile(file, '')
  const { code, said } = await startIn(file)
  expect(code).toBe(1)
  expect(said).toContain(`The data folder ${file} cannot be written`)
})

test('a second start in a workspace shows the first window and ends', async () => {
  const args = [`--user-data-dir=${folder}`]
  const first = startStandIn({ appFolder: APP_FOLDER, args, env: cleanEnv(), cwd: folder })
  await first.firstPage()
  await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())

  expect(await startIn(folder)).toEqual({ code: 0, said: '' })
  const isMinimized = () =>
    first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())
  await expect.poll(isMinimized).toBe(false)
  expect(await first.quit()).toBe(0)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends it cleanly`, async () => {
    const args = [`--user-data-dir=${folder}`]
    const app = startStandIn({ appFolder: APP_FOLDER, args, env: cleanEnv(), cwd: folder })
    await app.firstPage()
    app.process.kill(signal)
    expect(await app.exited).toBe(0)
  })
}
