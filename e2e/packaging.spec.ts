import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { extractAll } from '@electron/asar'
import { expect, test } from 'playwright/test'
import { startStandIn } from './electron-stand-in/driver.ts'
import { APP_FOLDER, cleanEnv } from './fixtures/app.ts'
import { barHeights } from './fixtures/chart.ts'

let folder: string

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-package-'))
})

test.afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }))

test('the Linux folder build packs the app, and what it packed runs', async () => {
  test.skip(process.platform !== 'linux', 'the folder build of other systems is not described yet')
  test.setTimeout(90_000)
  const resources = path.join(await pack(), 'resources')

  const app = path.join(folder, 'app')
  extractAll(path.join(resources, 'app.asar'), app)
  expect((await readdir(app)).toSorted()).toEqual(
    ['LICENSE', 'build', 'data', 'migrations', 'node_modules', 'out', 'package.json'].toSorted(),
  )
  const packages = await readdir(path.join(app, 'node_modules'))
  expect(packages.toSorted()).toEqual(['@napi-rs', 'better-sqlite3', 'keytar'])
  // What the system loads lies beside the archive, and only for this machine.
  const natives = (await readdir(path.join(resources, 'app.asar.unpacked'), { recursive: true })).filter(
    (file) => file.endsWith('.node'),
  )
  expect(natives.filter((file) => file.includes('better-sqlite3'))).toHaveLength(1)
  expect(natives.filter((file) => file.includes('keyring'))).toHaveLength(1)
  expect(await askKeychain(app)).toMatch(/DBus|D-Bus/)

  const window = startStandIn({
    appFolder: app,
    args: [`--user-data-dir=${path.join(folder, 'data')}`],
    env: { ...cleanEnv(), STAND_IN_PACKAGED: '1' },
    cwd: folder,
  })
  await expect.poll(async () => barHeights(await window.firstPage()), { timeout: 15_000 }).not.toEqual([])
  expect(await window.quit()).toBe(0)
})

/** What the packed keychain's native part says where there is no keychain. */
async function askKeychain(app: string): Promise<string> {
  const file = path.join(app, 'out', 'main', 'keyring-process.js')
  const { PATH } = process.env
  const child = fork(file, {
    env: { PATH, HOME: folder, XDG_RUNTIME_DIR: folder },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    const answered = once(child, 'message') as Promise<[{ said: string }]>
    child.send({ kind: 'get', account: 'nobody' })
    return (await answered)[0].said
  } finally {
    child.kill()
  }
}

/** Builds with a dummy in the place of Electron's own files: they are not what is looked at here. */
async function pack(): Promise<string> {
  const electronDist = path.join(folder, 'electron')
  await mkdir(electronDist)
  await writeFile(path.join(electronDist, 'electron'), '#!/bin/sh\n', { mode: 0o755 })
  const output = path.join(folder, 'dist')
  const builder = path.join(APP_FOLDER, 'node_modules', 'electron-builder', 'cli.js')
  const args = ['--linux', 'dir', `-c.electronDist=${electronDist}`, `-c.directories.output=${output}`]
  await promisify(execFile)(process.execPath, [builder, ...args], { cwd: APP_FOLDER })
  return path.join(output, 'linux-unpacked')
}
