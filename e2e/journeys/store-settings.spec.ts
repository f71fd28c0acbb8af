import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright'
import { mergeTests } from 'playwright/test'
import { storeLabel } from '../../src-main/config/store-config.ts'
import type { GuardedServer } from '../../test-support/store-check/store-check.ts'
import { ticketsDrawn } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { tabTo } from '../fixtures/keyboard.ts'
import { lookAt } from '../fixtures/look.ts'
import { settingsPage } from '../fixtures/settings-page.ts'
import { openStorePage, storePage } from '../fixtures/store-page.ts'
import { expect, test as withPostgres } from '../fixtures/with-postgres.ts'
import { test as withSecrets } from '../fixtures/with-secrets.ts'

const test = mergeTests(withSecrets, withPostgres)

const STEPS = ['Host', 'Port', 'Encryption', 'User and password', 'Database', 'Version', 'Rights', 'Tables']

/** The dashboard names that database, and shows all that is in it and nothing else. */
async function showsDatabase(page: Page, server: GuardedServer): Promise<void> {
  await expect(page.getByRole('contentinfo')).toContainText(storeLabel(server.config()))
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  const difference = async (): Promise<number> => (await storedTickets(page)) - (await storedIn(server))
  await expect.poll(difference, 'tickets in the window, less those in the server').toBe(0)
  await expect.poll(() => ticketsDrawn(page)).toBeGreaterThan(0)
}

async function storedIn(server: GuardedServer): Promise<number> {
  const [row] = await server.sql('SELECT count(*)::int AS stored FROM jira_tpm.tickets', 'tickets')
  return Number(row?.['stored'])
}

test('a wrong password is reported at its step; with the right one the server is used, by every later start too', async ({
  app,
  guarded,
}) => {
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
  const store = await openStorePage(app.page)
  await expect(store.now).toContainText('Tickets are kept in tpm.sqlite')

  await test.step('a wrong password', async () => {
    await store.fillIn(guarded.config({ password: 'mistyped' }))
    for (const button of ['Check', 'Use']) {
      await store.button(button).click()
      const step = store.step('User and password')
      await expect(step).toContainText('failed')
      await expect(step).toContainText('does not take this password for the user owner')
      await expect(store.step('Encryption')).toContainText('good')
      await expect(store.step('Database')).toContainText('not tried')
      await expect(store.outcome).toContainText('User and password')
    }
    await expect(store.outcome).toContainText('Not used')
    expect((await callCore(app.page, 'session.get', {})).store.kind).toBe('sqlite')
  })

  await test.step('the right one', async () => {
    await store.fillIn(guarded.config())
    await store.button('Check').click()
    await expect(store.outcome).toContainText('This database can be used')
    for (const title of STEPS) await expect(store.step(title)).toContainText(': good')
    await store.button('Use').click()
    await expect(store.outcome).toContainText('This database is used from now on')
    await expect(app.page.getByLabel('Password')).toHaveValue('')
    await expect(store.now).toContainText(`PostgreSQL at ${storeLabel(guarded.config())} is used as owner.`)
    await expect(store.now).toContainText('Its password is kept')
    await app.page.getByRole('button', { name: 'Show the chart' }).click()
    await showsDatabase(app.page, guarded)
  })

  await test.step('a reload, and a restart', async () => {
    await app.page.reload()
    await showsDatabase(app.page, guarded)
    await app.restart()
    await showsDatabase(app.page, guarded)
    expect(await app.dialogs()).toEqual([])
    const config = await readFile(path.join(app.dataDir, 'config.json'), 'utf8')
    expect(config).toContain('postgres://owner@127.0.0.1')
  })

  await test.step('this computer’s file again', async () => {
    const stored = await storedIn(guarded)
    const there = await openStorePage(app.page)
    await expect(there.now).toContainText('is used as owner')
    await there.choose('This computer')
    await there.button('Use').click()
    await expect(there.outcome).toContainText('This computer’s file is used from now on')
    await settingsPage(app.page).leave()
    await expect(app.page.getByRole('contentinfo')).toContainText('tpm.sqlite')
    await expect.poll(() => ticketsDrawn(app.page)).toBeGreaterThan(0)
    expect(await storedIn(guarded)).toBe(stored)
  })
})

test('a server is chosen by the keyboard alone', async ({ app, guarded }) => {
  const { page } = app
  const { host, port, database, user, password } = guarded.config()
  await expect(page.getByRole('banner')).toBeVisible() // before that nobody hears a key
  await page.keyboard.press(',')
  await expect(settingsPage(page).title).toBeFocused()
  const store = storePage(page)
  await tabTo(page, 'This computer')
  await page.keyboard.press('ArrowRight')
  const texts = { Host: host, Port: String(port), Database: database, User: user, Password: password ?? '' }
  for (const [label, text] of Object.entries(texts)) {
    await tabTo(page, label)
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await expect(store.outcome).toContainText('This database is used from now on')
  await tabTo(page, 'Show the chart')
  await page.keyboard.press('Enter')
  await showsDatabase(page, guarded)
})

test('axe finds nothing in the store’s settings, whatever state they are in', async ({ app, guarded }) => {
  const store = await openStorePage(app.page)
  await store.choose('PostgreSQL')
  await store.button('Check').click()
  await expect(app.page.getByLabel('Host')).toBeFocused()
  await expect(app.page.getByText('Give the server’s name or address.')).toBeVisible()

  await store.fillIn(guarded.config({ password: 'mistyped' }))
  await store.button('Use').click()
  await expect(store.outcome).toContainText('Not used')
  await lookAt(app, 'refused')

  await store.fillIn(guarded.config())
  await store.button('Use').click()
  await expect(store.outcome).toContainText('This database is used from now on')
  await guarded.kill()
  await expect(store.now).toContainText('out of reach')
  await lookAt(app, 'away')
})
