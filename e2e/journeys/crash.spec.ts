import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { startStandIn, type StandIn } from '../electron-stand-in/driver.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { barHeights, ticketsDrawn } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { endProgram, endWhoIsLeft, restartedAs } from '../fixtures/restarted.ts'

// What is killed is Chromium's renderer, for real. In Electron itself Playwright is lost with it, so the stand-in shows it.
let dataDir: string
let app: StandIn

/** Of a machine that has other things to do. */
const SOON = { timeout: 15_000 }

test.describe.configure({ timeout: 60_000 })

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  app = startStandIn({
    appFolder: APP_FOLDER,
    args: [`--user-data-dir=${dataDir}`],
    env: cleanEnv(),
    cwd: dataDir,
  })
})

test.afterEach(async () => {
  if (app.process.exitCode === null) await app.kill()
  await endWhoIsLeft(dataDir)
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

function answer(button: string): Promise<void> {
  return app.evaluate(({ person }, label) => void person.answers.push(label), button)
}

function dialogs(): Promise<readonly { message: string; detail: string; buttons: readonly string[] }[]> {
  return app.evaluate(({ person }) => person.dialogs)
}

async function log(): Promise<string> {
  return readFile(path.join(dataDir, 'logs', 'jira-tpm.log'), 'utf8')
}

test('a window that is killed is loaded again, and the run under way makes each of its tickets once meanwhile', async () => {
  const page = await app.firstPage()
  const { runId } = await callCore(page, 'runs.start', { count: 60, minutes: 0.15, profile: 'even' })
  await expect
    .poll(async () => (await callCore(page, 'runs.get', { runId })).created, SOON)
    .toBeGreaterThan(5)
  await expect.poll(() => ticketsDrawn(page), SOON).toBeGreaterThan(0)
  const drawn = await ticketsDrawn(page)

  expect((await callCore(page, 'runs.get', { runId })).created).toBeLessThan(60)

  await answer('Reload')
  await app.killRenderers()
  await expect
    .poll(dialogs, SOON)
    .toMatchObject([
      { message: 'The window stopped working.', buttons: ['Reload', 'Restart Jira TPM', 'Not now'] },
    ])
  const again = await app.firstPage()
  await expect.poll(() => ticketsDrawn(again), SOON).toBeGreaterThanOrEqual(drawn)
  await expect.poll(async () => (await callCore(again, 'runs.get', { runId })).state, SOON).toBe('done')
  const whole = { planned: 60, created: 60, missing: [], extra: [] }
  await expect(async () =>
    // until the last are fetched
    expect(await callCore(again, 'audit.run', { runId })).toMatchObject(whole),
  ).toPass(SOON)
  expect(await log()).toMatch(/"deaths":1,"msg":"the window is gone"/)

  const reporter = () => app.evaluate((main) => [main.person.crashReporter, main.app.getPath('crashDumps')])
  expect(await reporter()).toEqual([{ uploadToServer: false }, path.join(dataDir, 'crashes')])
  if (process.platform !== 'win32')
    expect((await stat(path.join(dataDir, 'crashes'))).mode & 0o777).toBe(0o700)
  expect(await app.quit()).toBe(0)
})

test('a window that keeps dying ends in a restart, which says where the log and the dumps are', async () => {
  const former = app.process.pid
  for (let death = 1; death <= 2; death++) {
    const page = await app.firstPage()
    await expect.poll(() => barHeights(page), SOON).not.toEqual([])
    await answer('Reload')
    await app.killRenderers()
    await expect.poll(async () => (await dialogs()).length, SOON).toBe(death)
  }
  await app.firstPage()
  await app.killRenderers() // unanswered: closed
  await expect
    .poll(async () => (await dialogs()).at(-1), SOON)
    .toMatchObject({
      message: 'The window keeps stopping.',
      buttons: ['Restart Jira TPM', 'Reload', 'Not now'],
    })
  const { detail = '' } = (await dialogs()).at(-1) ?? {}
  expect(detail).toContain(path.join(dataDir, 'logs'))
  expect(detail).toContain(path.join(dataDir, 'crashes'))

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.reload())
  await app.firstPage()
  await answer('Restart Jira TPM')
  await app.killRenderers()
  expect(await app.exited).toBe(0)
  await endProgram(await restartedAs(dataDir, former))
})

test('a window that hangs is loaded again on request; a bug that ends the program starts it again on request', async () => {
  const former = app.process.pid
  const page = await app.firstPage()
  await expect.poll(() => barHeights(page), SOON).not.toEqual([])
  const say = (event: string): Promise<unknown> =>
    app.evaluate(({ BrowserWindow }, name) => BrowserWindow.getAllWindows()[0]?.emit(name), event)
  await say('unresponsive') // unanswered: wait
  await expect.poll(dialogs, SOON).toMatchObject([{ message: 'The window does not answer.' }])
  await say('responsive')
  await answer('Reload')
  await say('unresponsive')
  await expect.poll(() => page.evaluate('1').then(String, () => 'gone'), SOON).toBe('gone')
  const again = await app.firstPage()
  await expect.poll(() => barHeights(again), SOON).not.toEqual([])
  expect((await dialogs()).map(({ message }) => message)).toEqual(
    Array(2).fill('The window does not answer.'),
  )

  await answer('Restart Jira TPM')
  await app.evaluate(
    (_main, text) =>
      void setTimeout(() => {
        throw new Error(text)
      }),
    'refused: Authorization: Bearer planted-secret',
  )
  expect(await app.exited).toBe(1)
  expect(app.output()).toContain('Jira TPM has to close')
  expect(await log()).toMatch(/refused: Authorization: Bearer \[hidden\].*"a bug ended the program"/)
  expect(await log()).not.toContain('planted-secret')
  await endProgram(await restartedAs(dataDir, former))
})
