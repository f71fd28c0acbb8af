import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import { startStandIn, type StandIn } from '../electron-stand-in/driver.ts'
import { APP_FOLDER } from '../fixtures/app.ts'
import { cleanEnv } from '../fixtures/clean-env.ts'
import { callCore } from '../fixtures/core.ts'
import { watching } from '../fixtures/on-postgres.ts'
import { startRealSite } from '../fixtures/real-site.ts'

// What is in the tray can be read in the stand-in alone: Electron does not give a tray's menu back.
let dataDir: string
let app: StandIn

test.describe.configure({ timeout: 60_000 })

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  await start()
})

test.afterEach(async () => {
  if (app.process.exitCode === null) await app.kill()
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  app = startStandIn({
    appFolder: APP_FOLDER,
    args: [`--user-data-dir=${dataDir}`],
    env: { ...cleanEnv(), XDG_CONFIG_HOME: dataDir, STAND_IN_PACKAGED: '1', ...env },
    cwd: dataDir,
  })
  await app.firstPage()
}

interface ShownItem {
  readonly id: string
  readonly label: string
  readonly checked: boolean
  readonly enabled: boolean
}

function items(): Promise<readonly ShownItem[]> {
  return app.evaluate(({ person }) =>
    (person.tray?.menu?.items ?? []).map(({ id, label, checked, enabled }) => ({
      id,
      label,
      checked,
      enabled,
    })),
  )
}

async function item(wanted: string): Promise<ShownItem | undefined> {
  return (await items()).find(({ id }) => id === wanted)
}

async function labels(): Promise<readonly string[]> {
  return (await items()).filter(({ label }) => label !== '').map(({ label }) => label)
}

function choose(id: string): Promise<void> {
  return app.evaluate(({ person }, wanted) => person.tray?.menu?.getMenuItemById(wanted)?.click(), id)
}

function isShown(): Promise<boolean | undefined> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
}

/** As a person does it, at the window's frame. */
function closeWindow(): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
}

test('the tray has the last five minutes, the newest tickets, and the way in and out', async () => {
  const ticket = expect.stringMatching(/^\d\d:\d\d {2}[A-Z]+-\d+ {2}\S/)
  await expect
    .poll(labels)
    .toEqual([
      expect.stringMatching(/^(▲ )?\d+ in 5 min/),
      ...Array.from({ length: 5 }, () => ticket),
      'Open Jira TPM',
      'Silence all alert rules for 1 h',
      'Stay here when the window is closed',
      'Start at log-in',
      'Quit Jira TPM',
    ])
  const now = (await labels())[0] ?? ''
  expect(await app.evaluate(({ person }) => person.tray?.toolTip)).toBe(now)
  expect(await app.evaluate(({ person }) => person.badge)).toBe(Number(/\d+/.exec(now)?.[0]))
})

test('by itself the program ends with its window; where a person chose it goes on in the tray, which is explained once', async () => {
  await expect.poll(async () => (await items()).length).toBeGreaterThan(4)
  await choose('stay-in-tray')
  await closeWindow()
  await expect.poll(isShown).toBe(false)
  await expect
    .poll(() => app.evaluate(({ person }) => person.dialogs.map(({ message }) => message)))
    .toEqual(['Jira TPM goes on in the tray.'])
  await choose('open')
  await expect.poll(isShown).toBe(true)
  await closeWindow()
  await expect.poll(isShown).toBe(false)
  expect(await app.evaluate(({ person }) => person.dialogs.length)).toBe(1)

  // Quitting is quitting, and the choice outlives it.
  await app.quit()
  await start()
  await expect.poll(async () => (await item('stay-in-tray'))?.checked).toBe(true)
  await choose('stay-in-tray')
  await closeWindow()
  await expect.poll(() => app.process.exitCode, { timeout: 15_000 }).toBe(0)
})

test('alerts are silenced from the tray for an hour, and rung again', async () => {
  await expect.poll(async () => (await item('silence'))?.enabled).toBe(false)
  const condition = { kind: 'at-least' as const, tickets: 900, minutes: 5 }
  await callCore(await app.firstPage(), 'alerts.add', { name: 'Storm', scope: {}, condition })
  await expect.poll(() => item('silence')).toMatchObject({ enabled: true, checked: false })
  const standing = async () => (await callCore(await app.firstPage(), 'alerts.list', {})).rules[0]?.standing
  await choose('silence')
  await expect.poll(async () => (await standing())?.silence).toMatchObject({ untilMs: expect.any(Number) })
  await expect.poll(() => item('silence')).toMatchObject({ enabled: true, checked: true })
  await choose('silence')
  await expect.poll(async () => (await standing())?.silence).toBeNull()
  await expect.poll(() => item('silence')).toMatchObject({ checked: false })
})

test('starting at log-in is off until it is chosen, and off again when that is taken back', async () => {
  test.skip(process.platform !== 'linux', 'the system keeps it itself there')
  const file = path.join(dataDir, 'autostart', 'jira-tpm.desktop')
  await expect.poll(() => item('start-at-log-in')).toMatchObject({ checked: false, enabled: true })
  await choose('start-at-log-in')
  await expect.poll(() => item('start-at-log-in')).toMatchObject({ checked: true })
  expect(await readFile(file, 'utf8')).toMatch(
    /^\[Desktop Entry\]\nType=Application\nName=Jira TPM\nExec="\//,
  )
  await choose('start-at-log-in')
  await expect.poll(() => item('start-at-log-in')).toMatchObject({ checked: false })
  await expect(readFile(file)).rejects.toThrow(/ENOENT/)

  // Where it cannot be chosen that is said, and it stays off.
  await rm(path.dirname(file), { recursive: true })
  await writeFile(path.dirname(file), 'no folder')
  await choose('start-at-log-in')
  await expect
    .poll(() => app.evaluate(({ person }) => person.dialogs.map(({ message }) => message)))
    .toEqual([expect.stringContaining(`stays as it was: ${file} cannot be changed.`)])
  expect(await item('start-at-log-in')).toMatchObject({ checked: false, enabled: true })
})

test('a ticket opens in Jira, in the browser of the system', async () => {
  await app.kill()
  const site = await startRealSite()
  try {
    await site.add({ summary: 'Checkout fails', priority: { id: '1' } })
    await start(watching(site))
    const ticket = async () => (await items()).find(({ label }) => label.endsWith('Checkout fails'))
    await expect.poll(async () => (await ticket())?.enabled, { timeout: 30_000 }).toBe(true)
    const key = (await ticket())?.id ?? ''
    await choose(key)
    await expect
      .poll(() => app.evaluate(({ person }) => person.opened))
      .toEqual([`${site.url}/browse/${key}`])
    await app.kill()
  } finally {
    await site.stop()
  }
})
