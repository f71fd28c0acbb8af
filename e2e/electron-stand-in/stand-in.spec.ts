import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test as base, expect, type Page } from 'playwright/test'
import { startStandIn, type StandIn } from './driver.ts'

interface FixturePage {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>
  heard(): readonly unknown[]
  readonly nodeModule: string
}
declare global {
  var fixture: FixturePage
}

const APP = { appFolder: path.join(import.meta.dirname, 'fixture-app') }

const test = base.extend<{ folder: string; standIn: StandIn; page: Page }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures that are wanted from this pattern
  folder: async ({}, run) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'stand-in-'))
    await run(folder)
    await rm(folder, { recursive: true, maxRetries: 5 })
  },
  standIn: async ({ folder }, run) => {
    const standIn = startStandIn({ ...APP, args: [`--user-data-dir=${folder}`] })
    await run(standIn)
    await standIn.quit()
  },
  page: async ({ standIn }, run) => run(await standIn.firstPage()),
})

test('carries values over IPC as a structured clone does', async ({ page }) => {
  const same = await page.evaluate(async () => {
    const sent = {
      date: new Date(5),
      map: new Map<unknown, unknown>([[1, { a: undefined }]]),
      set: new Set([1n]),
      bytes: new Uint8Array([1, 2, 3]),
      numbers: [Number.NaN, -0, Infinity],
      $type: 'mine',
    }
    const got = (await fixture.invoke('echo', sent)) as typeof sent
    return [
      got.date.getTime() === 5,
      'a' in (got.map.get(1) as object),
      got.set.has(1n),
      got.bytes.join() === '1,2,3',
      Number.isNaN(got.numbers[0]) && Object.is(got.numbers[1], -0) && got.numbers[2] === Infinity,
      got.$type === 'mine',
    ]
  })
  expect(same).toEqual([true, true, true, true, true, true])
})

test('words errors as Electron does', async ({ page }) => {
  const errors = await page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- what runs in the page travels whole
    const errorOf = async (call: () => Promise<unknown>): Promise<string> =>
      await call().then(
        () => 'none',
        (error: Error) => error.message,
      )
    return [
      await errorOf(() => fixture.invoke('fail')),
      await errorOf(() => fixture.invoke('nobody')),
      await errorOf(() => fixture.invoke('echo', Symbol('s'))),
    ]
  })
  expect(errors).toEqual([
    "Error invoking remote method 'fail': Error: boom",
    "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    'An object could not be cloned.',
  ])
})

test('pushes in order', async ({ page }) => {
  await page.evaluate(() => fixture.invoke('push', 200))
  await expect.poll(() => page.evaluate(() => fixture.heard().length)).toBe(200)
  expect(await page.evaluate(() => fixture.heard())).toEqual([...Array(200).keys()])
})

test('answers the app’s own scheme and tells the app its own addresses', async ({ page, standIn }) => {
  expect(await page.title()).toBe('Fixture')
  expect(await page.evaluate(() => isSecureContext)).toBe(true)
  expect(await page.evaluate(() => fixture.invoke('sender'))).toEqual({
    url: 'fixture://host/index.html?a=1',
    origin: 'fixture://host',
  })
  const missing = await page.evaluate(async () => await (await fetch('/a/..%2fb')).text())
  expect(missing).toBe('fixture://host/a/..%2fb')
  expect(await standIn.evaluate(({ app }) => app.getVersion())).toBe('1.2.3')
})

test('applies the policy that the app serves', async ({ page }) => {
  const results = await page.evaluate(async () => {
    await Promise.resolve() // DevTools lifts the policy until here
    const script = document.createElement('script')
    script.textContent = 'globalThis.inline = true'
    document.head.append(script)
    const fetched = await fetch('https://example.org/').then(
      () => 'fetched',
      () => 'refused',
    )
    return [fetched, 'inline' in globalThis]
  })
  expect(results).toEqual(['refused', false])
})

test('gives the preload no Node, and the page nothing but what the preload exposes', async ({ page }) => {
  expect(await page.evaluate(() => fixture.nodeModule)).toBe('module not found: node:fs')
  const found = await page.evaluate(() => [
    typeof Reflect.get(globalThis, 'require'),
    typeof Reflect.get(globalThis, 'process'),
    Object.isFrozen(fixture),
  ])
  expect(found).toEqual(['undefined', 'undefined', true])
})

test('keeps the window on its page when the app says so', async ({ page, standIn }) => {
  await page.locator('#away').click()
  await page.evaluate(() => globalThis.open('https://example.org/popup'))
  const opened = () => standIn.evaluate(({ person }) => person.opened)
  await expect.poll(opened).toEqual(['https://example.org/popup'])
  expect(await page.title()).toBe('Fixture')
})

test('grants the permissions that the app grants', async ({ page }) => {
  const states = await page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- what runs in the page travels whole
    const state = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state
    return [await state('geolocation'), await state('midi')]
  })
  expect(states).toEqual(['denied', 'granted'])
})

test('clicks menu items, not disabled ones', async ({ page, standIn }) => {
  const click = async (id: string): Promise<void> =>
    await standIn.evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.click(), id)
  await click('off')
  await click('greet')
  await expect.poll(() => page.evaluate(() => fixture.heard())).toEqual(['hello'])
})

test('radio items exclude each other, and the theme reaches the page', async ({ page, standIn }) => {
  const marked = await standIn.evaluate(({ Menu }) => {
    const menu = Menu.getApplicationMenu()
    menu?.getMenuItemById('two')?.click()
    return [menu?.getMenuItemById('one')?.checked, menu?.getMenuItemById('two')?.checked]
  })
  expect(marked).toEqual([false, true])
  const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
  await expect.poll(isDark).toBe(true)
})

test('a dialog gets the test’s answer, or is closed', async ({ page, standIn }) => {
  const ask = () => page.evaluate(() => fixture.invoke('ask'))
  await standIn.evaluate(({ person }) => person.answers.push('Yes'))
  expect(await ask()).toMatchObject({ response: 0 })
  expect(await ask()).toMatchObject({ response: 1 })
  expect(await standIn.evaluate(({ person }) => person.dialogs.length)).toBe(2)
})

test('a second process hands over its arguments and ends', async ({ page, folder }) => {
  const second = startStandIn({ ...APP, args: [`--user-data-dir=${folder}`, '--hello'] })
  expect(await second.exited).toBe(0)
  await expect.poll(() => page.evaluate(() => fixture.heard())).toEqual(['--hello'])
})

test('quits in Electron’s order', async ({ page, standIn }) => {
  await expect(page).toHaveTitle('Fixture')
  expect(await standIn.quit()).toBe(0)
  expect(standIn.output()).toContain('before-quit\nwill-quit')
})

test('a renderer that is killed is reported, and its page can be loaded again', async ({ page, standIn }) => {
  await expect(page).toHaveTitle('Fixture')
  await standIn.evaluate(({ app, person }) =>
    app.on('render-process-gone', (_event, contents, details) => {
      person.log.push(`gone: ${details.reason}`)
      contents.reload()
    }),
  )
  await standIn.killRenderers()
  const again = await standIn.firstPage()
  await expect(again).toHaveTitle('Fixture')
  expect(await again.evaluate(() => fixture.invoke('echo', 7))).toBe(7)
  const told = await standIn.evaluate(({ person }) => person.log.filter((line) => line.startsWith('gone')))
  expect(told).toEqual(['gone: crashed'])
})

test('starts again once it has ended, where the app says so', async ({ page, folder, standIn }) => {
  await expect(page).toHaveTitle('Fixture')
  const lock = path.join(folder, 'SingletonLock')
  await standIn.evaluate(({ app }) => app.relaunch())
  expect(await standIn.quit()).toBe(0)
  let next = Number.NaN
  await expect(async () => {
    next = Number(await readFile(lock, 'utf8'))
    expect(next).not.toBe(standIn.process.pid)
    process.kill(next, 0)
  }).toPass()
  process.kill(next, 'SIGTERM')
})

test('names what it does not carry', async ({ page, standIn }) => {
  await expect(page).toHaveTitle('Fixture')
  const use = standIn.evaluate(({ app }) => Reflect.get(app, 'dock') as unknown)
  await expect(use).rejects.toThrow('Electron stand-in: app.dock is not carried')
})

test('opens no window whose texts Electron would check against dictionaries from the net', async ({
  page,
  standIn,
}) => {
  await expect(page).toHaveTitle('Fixture')
  const open = standIn.evaluate(({ BrowserWindow }) => void new BrowserWindow({ show: false }))
  await expect(open).rejects.toThrow(
    'webPreferences.spellcheck, which Electron has by default, is not carried',
  )
})
