import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { logFolder } from '../../src-main/runtime/log.ts'
import { isAccessible } from '../fixtures/accessible.ts'
import { expect, test, type TestedApp } from '../fixtures/app.ts'
import { runCommand } from '../fixtures/command.ts'
import { callCore } from '../fixtures/core.ts'
import { ticketsDrawn } from '../fixtures/chart.ts'
import { covered } from '../fixtures/covered.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { startOtherVersion } from '../fixtures/other-version.ts'
import { createStrangersTicket } from '../fixtures/stranger.ts'
import type { TwoEdges } from '../fixtures/two-edges.ts'
import type { ServedDashboard } from '../fixtures/served.ts'
import { TWO_EDGES, withServed } from '../fixtures/with-served.ts'

const team = withServed({ syncIntervalSeconds: 1 })

let server: ServedDashboard
let url: string
test.beforeEach(async () => {
  server = team().served
  url = await server.url()
})

/** A one-time code, as who runs the server makes it. */
async function newCode(scope: Scope): Promise<string> {
  return new URL(await server.link(scope)).hash.replace('#code=', '')
}

/** Who runs the server ends what is signed in by this name. */
async function revoke(machine: string): Promise<void> {
  const listed = JSON.parse(await runCommand(team().dataDir, ['token', 'list', '--json'])) as {
    tokens: { id: string; name: string }[]
  }
  const found = listed.tokens.filter(({ name }) => name === machine)
  expect(found).toHaveLength(1)
  for (const { id } of found) await runCommand(team().dataDir, ['token', 'revoke', id])
}

/** The same dashboard in a browser. */
async function openBrowser(): Promise<Page> {
  const page = await team().browser.newPage()
  await page.goto(await server.link())
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  return page
}

/** Signs in by the page of servers, from the keyboard alone where nothing else is said. */
async function signIn({ page }: TestedApp, code: string, address = url): Promise<void> {
  await page.getByLabel('Address, or the link').fill(address)
  if (!address.includes('#')) await page.getByLabel('One-time code').fill(code)
  await page.getByLabel('What this machine is called there').fill('desk 7')
  await page.getByRole('button', { name: 'Connect', exact: true }).press('Enter')
}

const onServer = (page: Page, scope: string) =>
  page.getByRole('contentinfo').getByRole('button', { name: `${new URL(url).host} (${scope})` })

/** Where the letters of the last line's end stand, in whole pixels: at one height, unless its parts are out of line. */
function feetOfStoreLine(page: Page): Promise<number[]> {
  return page.getByText(/Times in .* tickets?$/).evaluate((line) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
    const feet = new Set<number>()
    const range = document.createRange()
    while (walker.nextNode()) {
      range.selectNodeContents(walker.currentNode)
      const { bottom, height } = range.getBoundingClientRect()
      // What can be chosen is drawn only while it is chosen from.
      if (height > 0 && walker.currentNode.textContent?.trim()) feet.add(Math.round(bottom))
    }
    return [...feet]
  })
}

async function showsTheSame(window: Page, browser: Page): Promise<void> {
  await expect(async () => {
    const [stored, drawn] = [await storedTickets(browser), await ticketsDrawn(browser)]
    expect(drawn).toBeGreaterThan(0)
    expect([await storedTickets(window), await ticketsDrawn(window)]).toEqual([stored, drawn])
  }).toPass()
}

/** In windows of these sizes: a window signs in by a code, shows what the browser shows, loses the server, finds it again, is revoked, and goes back. */
async function goThroughAll(app: TestedApp, sizes: readonly (readonly [number, number])[]): Promise<void> {
  test.setTimeout(240_000)
  // How it looks is the same whatever serves it.
  const looksRight = async (page: Page, name: string): Promise<void> => {
    if (sizes.length > 0) await isAccessible(page, name)
  }
  const { page } = app
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  const ofThisComputer = await page.getByRole('contentinfo').textContent()
  const browser = await openBrowser()

  await test.step('by a menu item and a form', async () => {
    await app.clickMenu('servers')
    await expect(page.getByRole('heading', { name: 'Team servers' })).toBeFocused()
    await signIn(app, 'a spent one')
    await expect(page.getByRole('alert')).toContainText('does not take this code')
    await looksRight(page, 'refused-code')
    await signIn(app, await newCode('admin'))
    await expect(page.getByText('this machine may change everything there')).toBeVisible()
    await expect(page.getByRole('listitem').filter({ hasText: 'desk 7' })).toContainText('In use')
    await expect(page.getByRole('list', { name: 'Servers' })).not.toContainText('not connected')
    await looksRight(page, 'servers')
    await page.keyboard.press('Escape')
    await expect(onServer(page, 'admin')).toBeVisible()
    await showsTheSame(page, browser)
    expect(await feetOfStoreLine(page)).toHaveLength(1)
  })

  await test.step('a commit of the server is in both charts', async () => {
    const before = await storedTickets(page)
    await callCore(page, 'runs.start', { count: 20, minutes: 1, compress: 60 })
    await expect.poll(() => storedTickets(page), { timeout: 30_000 }).toBeGreaterThan(before)
    await expect.poll(async () => (await callCore(page, 'runs.current', {}))?.state).toBe('done')
    await callCore(page, 'sync.now', {})
    await showsTheSame(page, browser)
  })

  await test.step('the server is killed: what was known last stays, and says of when it is', async () => {
    const drawn = await ticketsDrawn(page)
    await app.resize(1_280, 800)
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1_280)
    const chart = await page.getByRole('figure').boundingBox()
    await server.kill()
    const bar = page.getByText(/Not connected to 127\.0\.0\.1:\d+\. As of \d\d:\d\d/)
    await expect(bar).toBeVisible()
    await expect(page.getByText('Not connected', { exact: true })).toBeVisible()
    // An hour that goes on with the clock may let go of its first minute.
    await expect.poll(() => ticketsDrawn(page)).toBeGreaterThan(drawn - 4)
    expect(await page.getByRole('figure').boundingBox()).toEqual(chart)
    const status = page.getByRole('contentinfo')
    await expect(status).toContainText(/Last known fetch: \d\d:\d\d/)
    await expect(status).not.toContainText(/ago|next in/)
    await expect(status.getByRole('button', { name: /Fetch now|Retry/ })).toBeHidden()
    await expect(app.clickMenu('fetch-now')).rejects.toThrow('disabled')
    for (const [width, height] of sizes) {
      await app.resize(width, height)
      await looksRight(page, `lost-${width}`)
      expect(await covered(page), `${width} wide`).toEqual([])
    }
    await app.restart()
    await expect(app.page.getByText(/Not connected to .* As of/)).toBeVisible()
    await expect.poll(() => ticketsDrawn(app.page)).toBeGreaterThan(0)
    await looksRight(app.page, 'started-while-away')
  })

  await test.step('it comes back, and both show the same again', async () => {
    // The bar goes as soon as the server is found, and the button with it: it is pressed while there is none.
    await app.page.getByRole('button', { name: 'Try now' }).click()
    await expect(app.page.getByText(/Not connected to .* As of/)).toBeVisible()
    await server.again()
    await app.page.evaluate(() => window.jiraTpm?.desktop['servers.retry']({}))
    const again = await openBrowser()
    await expect(app.page.getByText(/Not connected to/)).toBeHidden()
    await showsTheSame(app.page, again)
  })

  await test.step('its sign-in is revoked: one screen says so, and a link signs in again', async () => {
    await revoke('desk 7')
    const title = app.page.getByRole('heading', { level: 1 })
    await expect(title).toContainText('does not know this machine any more', { timeout: 30_000 })
    await looksRight(app.page, 'revoked')
    await signIn(app, '', await server.link('read'))
    await expect(onServer(app.page, 'read')).toBeVisible()
  })

  await test.step('back to this computer', async () => {
    await onServer(app.page, 'read').click()
    await app.page.getByRole('button', { name: 'Use This computer' }).click()
    await expect(app.page.getByText('This window works on this computer now.')).toBeVisible()
    await app.page.keyboard.press('Escape')
    await expect(app.page.getByRole('contentinfo')).not.toContainText('127.0.0.1')
    await expect
      .poll(() => storedTickets(app.page))
      .toBe(Number(/([\d,]+) tickets?$/.exec(ofThisComputer ?? '')?.[1]?.replaceAll(',', '')))
  })
}

test('a window signs in by a code, shows what the browser shows, loses the server, finds it again, is revoked, and goes back', ({
  app,
}) =>
  goThroughAll(app, [
    [420, 800],
    [800, 600],
    [1_280, 800],
  ]))

test(
  'the same window goes the same way where its server is two edges and one that fetches',
  { tag: TWO_EDGES },
  ({ app }) => goThroughAll(app, []),
)

test(
  'of two edges one dies, and then the other: window and browser stay signed in, and show what comes',
  { tag: TWO_EDGES },
  async ({ app }) => {
    const { page } = app
    const { dataDir, served } = team()
    await app.clickMenu('servers')
    await signIn(app, await newCode('run'))
    await expect(page.getByText('may look on and work runs there')).toBeVisible()
    await page.keyboard.press('Escape')
    const browser = await openBrowser()
    const { edges = [] } = served as Partial<TwoEdges>
    expect(edges).toHaveLength(2)
    for (const edge of edges) {
      const before = await storedTickets(browser)
      await edge.kill()
      await createStrangersTicket(dataDir, 'Made while one edge is dead')
      for (const each of [page, browser])
        await expect.poll(() => storedTickets(each), { timeout: 30_000 }).toBe(before + 1)
      await expect(page.getByText(/Not connected to/)).toBeHidden()
      await expect(onServer(page, 'run')).toBeVisible()
      await edge.again()
    }
    await showsTheSame(page, browser)
    // What takes a Jira went to the one that fetches, by the window's name.
    await callCore(page, 'runs.start', { count: 2, minutes: 1, compress: 60 })
    const log = path.join(logFolder(dataDir), 'access.log')
    await expect
      .poll(() => readFile(log, 'utf8'))
      .toMatch(/"event":"call","method":"runs\.start".*"name":"desk 7","kind":"token","scope":"run"/)
  },
)

test('a server of another version: one screen says which side to update, tries again, and leads back to this computer', async ({
  app,
}) => {
  const other = await startOtherVersion(url)
  try {
    await app.clickMenu('servers')
    await signIn(app, await newCode('read'), other.url)
    await expect(app.page.getByText('this machine may look on there')).toBeVisible()
    other.serve([CONTRACT_VERSION - 1])
    await app.page.keyboard.press('Escape')
    const title = app.page.getByRole('heading', { level: 1 })
    await expect(title).toContainText('which is too old for this one')
    await expect(app.page.getByText('Ask who runs the server to update it')).toBeVisible()
    await isAccessible(app.page, 'server-too-old')
    other.serve([CONTRACT_VERSION + 1, CONTRACT_VERSION + 2])
    // A try that was under way has asked before.
    await expect(async () => {
      await app.page.getByRole('button', { name: 'Try again' }).click()
      await expect(title).toContainText('which is too new for this one', { timeout: 2_000 })
    }).toPass({ timeout: 15_000 })
    await expect(app.page.getByText('Update Jira TPM on this machine.')).toBeVisible()
    await isAccessible(app.page, 'window-too-old')
    await app.page.getByRole('button', { name: 'Work on this computer' }).click()
    await expect.poll(() => ticketsDrawn(app.page)).toBeGreaterThan(0)
    await expect(app.page.getByRole('contentinfo')).not.toContainText('127.0.0.1')
  } finally {
    await other.stop()
  }
})

test('what a scope may not is not offered: in the window, in its list of commands and in the menu', async ({
  app,
}) => {
  await app.clickMenu('servers')
  await signIn(app, await newCode('read'))
  await expect(app.page.getByText('this machine may look on there')).toBeVisible()
  await app.page.keyboard.press('Escape')
  await expect.poll(() => ticketsDrawn(app.page)).toBeGreaterThan(0)
  await expect(app.page.getByRole('button', { name: 'Fetch now' })).toBeHidden()
  for (const item of ['run-start', 'fetch-now', 'data-import', 'data-drop-tables'])
    await expect(app.clickMenu(item), item).rejects.toThrow('disabled')
  await app.page.keyboard.press('Control+k')
  await app.page.getByRole('combobox', { name: 'Find a ticket' }).fill('run')
  await expect(app.page.getByRole('option', { name: /Start a run/ })).toBeHidden()
  await app.page.keyboard.press('Escape')
  await app.clickMenu('settings')
  await expect(app.page.getByText('is set by those who may change settings')).toBeVisible()
})

test('no page, file or output of the window’s has the token; this computer’s store is closed meanwhile', async ({
  app,
}) => {
  await app.clickMenu('servers')
  await signIn(app, await newCode('run'))
  await expect(app.page.getByText('may look on and work runs there')).toBeVisible()
  const answers = await app.page.evaluate(async () =>
    JSON.stringify(
      await Promise.all([
        window.jiraTpm?.desktop['servers.get']({}),
        window.jiraTpm?.call['session.get']({}),
      ]),
    ),
  )
  expect(answers).toContain('desk 7')
  expect(answers + app.output() + (await app.page.content())).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/)
  for (const file of await filesOf(app.dataDir)) expect(file.text, file.name).not.toMatch(/eyJ[\w-]+\.eyJ/)
})

async function filesOf(folder: string): Promise<readonly { name: string; text: string }[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    names
      .filter((entry) => entry.isFile() && /\.(json|log)$/.test(entry.name))
      .map(async ({ parentPath, name }) => ({
        name,
        text: await readFile(path.join(parentPath, name), 'utf8'),
      })),
  )
}
