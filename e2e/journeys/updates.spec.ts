import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { startStandIn, type StandIn } from '../electron-stand-in/driver.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { runCommand } from '../fixtures/command.ts'
import { callCore } from '../fixtures/core.ts'
import { endProgram, endWhoIsLeft, restartedAs } from '../fixtures/restarted.ts'
import { startUpdateServer, type UpdateServer } from '../fixtures/update-server.ts'

// electron-updater's own code runs, on the stand-in's network. What a package has beside its archive, and an AppImage's
// environment, are played: the AppImage is a script.
test.skip(process.platform !== 'linux', 'AppImages are Linux’s')

const OLD = '#!/bin/sh\n# the old version\n'
let folder: string
let dataDir: string
let appImage: string
let server: UpdateServer
let app: StandIn

/** Of a machine that has other things to do. */
const SOON = { timeout: 15_000 }

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  dataDir = path.join(folder, 'data')
  appImage = path.join(folder, 'Jira TPM.AppImage')
  server = await startUpdateServer()
  await mkdir(dataDir)
  const feed = `provider: generic\nurl: ${server.url}\nupdaterCacheDirName: jira-tpm-updater\n`
  await writeFile(path.join(folder, 'app-update.yml'), feed)
  await writeFile(path.join(folder, 'certificate.pem'), server.certificate)
  await writeFile(appImage, OLD, { mode: 0o755 })
})

test.afterEach(async () => {
  if (app.process.exitCode === null) await app.kill()
  await endWhoIsLeft(dataDir)
  server.close()
  await rm(folder, { recursive: true, maxRetries: 5 })
})

function start(env: Readonly<Record<string, string>>): StandIn {
  return startStandIn({
    appFolder: APP_FOLDER,
    args: [],
    env: {
      ...cleanEnv(),
      STAND_IN_PACKAGED: '1',
      STAND_IN_RESOURCES: folder,
      NODE_EXTRA_CA_CERTS: path.join(folder, 'certificate.pem'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
      JIRA_TPM_DATA_DIR: dataDir, // what an update starts gets the environment, and no arguments
      ...env,
    },
    cwd: dataDir,
  })
}

/** As an AppImage's runtime starts it: the executable lies in the mount. */
function startFromAppImage(): StandIn {
  return start({ APPIMAGE: appImage, APPDIR: path.dirname(process.execPath) })
}

/** A program in the place of the new version: it starts what runs here, once more. */
function newVersion(): Buffer {
  const [register, run] = ['register.ts', 'run.ts'].map((name) =>
    path.join(import.meta.dirname, '..', 'electron-stand-in', name),
  )
  const quoted = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    '--import',
    register,
    run,
    APP_FOLDER,
  ].map((word) => `'${word}'`)
  return Buffer.from(`#!/bin/sh\nexec ${quoted.join(' ')}\n`)
}

/** Looks for updates by the menu, pressing these buttons; gives the boxes that were shown. */
async function check(buttons: readonly string[], boxes: number): Promise<string[]> {
  const before = await app.evaluate(({ Menu, person }, labels) => {
    person.answers.push(...labels)
    Menu.getApplicationMenu()?.getMenuItemById('check-updates')?.click()
    return person.dialogs.length
  }, buttons)
  const shown = (): Promise<string[]> =>
    app.evaluate(
      ({ person }, from) => person.dialogs.slice(from).map(({ message, detail }) => `${message} ${detail}`),
      before,
    )
  await expect.poll(async () => (await shown()).length, SOON).toBe(boxes)
  return shown()
}

test('an update is fetched and put in place when the person says so, and the run rests until the person resumes it', async () => {
  test.setTimeout(90_000)
  app = startFromAppImage()
  const page = await app.firstPage()
  const { runId } = await callCore(page, 'runs.start', { count: 600, minutes: 10, profile: 'even' })
  server.offer({ version: '99.0.0', file: newVersion(), notes: '<p>Higher <b>bars</b></p>' })

  const [there] = await check(['Later'], 1)
  expect(there).toContain('Jira TPM 99.0.0 is there.')
  expect(there).toContain('\n\nHigher bars\n\n')
  expect(server.asked).toEqual(['/latest-linux.yml'])
  expect(server.ids).toEqual(['00000000-0000-0000-0000-000000000000']) // of everybody
  expect(await readdir(dataDir)).not.toContain('.updaterId')

  const [, ready] = await check(['Download', 'Later'], 2)
  expect(ready).toContain('Jira TPM 99.0.0 is ready.')
  expect(server.asked.slice(-1)).toEqual(['/Jira-TPM-x86_64.AppImage'])
  expect(await readFile(appImage, 'utf8')).toBe(OLD)

  await expect
    .poll(async () => (await callCore(page, 'runs.get', { runId })).created, SOON)
    .toBeGreaterThan(3)
  await app.evaluate(({ Menu, person }) => {
    person.answers.push('Restart now')
    Menu.getApplicationMenu()?.getMenuItemById('check-updates')?.click()
  })
  expect(await app.exited).toBe(0)
  expect(await readFile(appImage)).toEqual(newVersion())
  const pid = await restartedAs(dataDir, app.process.pid)
  await endProgram(pid)

  // Every ticket of it is known, and it does not go on by itself.
  const { runs } = JSON.parse(await runCommand(dataDir, ['runs', '--json'])) as { runs: object[] }
  expect(runs[0]).toMatchObject({ run: runId, state: 'paused', unknown: 0 })
})

test('what a bad server says changes nothing', async () => {
  test.setTimeout(60_000)
  app = startFromAppImage()
  await app.firstPage()
  const file = newVersion()

  server.offer({ version: '0.0.1', file })
  expect(await check([], 1)).toEqual([expect.stringContaining('up to date')])

  server.offer({ version: '99.0.0', file, sha512: Buffer.alloc(64, 7).toString('base64') })
  expect(await check(['Download'], 2)).toEqual([
    expect.stringContaining('is there'),
    expect.stringContaining('what arrived is not what was announced'),
  ])

  server.offer({ version: '99.0.1', file, address: `${server.plainUrl}/x.AppImage` })
  expect((await check(['Download'], 2))[1]).toContain('what arrived is not what was announced')

  server.answer((_request, response) => response.end('{'))
  expect(await check([], 1)).toEqual([expect.stringContaining('cannot be read')])
  server.answer((_request, response) => response.writeHead(503).end('<b>busy</b>'))
  expect(await check([], 1)).toEqual([expect.stringContaining('could not be found out')])

  expect(await readFile(appImage, 'utf8')).toBe(OLD)
  expect(await app.quit()).toBe(0)
  expect(await readFile(appImage, 'utf8')).toBe(OLD)
})

test('a program that the system’s packages installed says nothing of updates', async () => {
  server.offer({ version: '99.0.0', file: newVersion() })
  app = start({ APPIMAGE: appImage, APPDIR: '/tmp/.mount_another' })
  await app.firstPage()
  const item = await app.evaluate(
    ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('check-updates') ?? null,
  )
  expect(item).toBeNull()
  expect(server.asked).toEqual([])
  expect(await app.quit()).toBe(0)
})
