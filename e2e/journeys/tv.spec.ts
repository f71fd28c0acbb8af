import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { barHeights } from '../fixtures/chart.ts'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

/** Opened in a browser of its own, with what the server refused there. */
async function open(link: string): Promise<{ page: Page; refused: string[] }> {
  const context = await world().browser.newContext({ viewport: { width: 1_920, height: 1_080 } })
  const page = await context.newPage()
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(link)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return { page, refused }
}

function number(page: Page) {
  return page.getByRole('region', { name: 'Now' })
}

test('the tab says the number of the last five minutes; W shows it across the room, Esc leads back to where one was', async () => {
  const { page } = await open(await world().served.link())
  await expect(page).toHaveTitle(/^(?:▲ )?\d+ in 5 min – Jira TPM$/)
  const inTitle = async (): Promise<string> => /\d+ in 5 min/.exec(await page.title())?.[0] ?? ''
  // The number may be another one by the time the icon is looked at.
  const isIconOfTitle = async (): Promise<boolean> => {
    const href = (await page.locator('link[rel=icon]').getAttribute('href')) ?? ''
    return ((await inTitle()).startsWith('0 ') ? /icon-.*svg$/ : /^data:image\/svg\+xml,/).test(href)
  }
  await expect.poll(isIconOfTitle).toBe(true)
  await page.keyboard.press('2')
  await page.keyboard.press('w')
  await expect
    .poll(async () => (await number(page).textContent())?.startsWith((await inTitle()).replace(' in', 'in')))
    .toBe(true)
  await expect(page.getByRole('region', { name: 'Newest tickets' }).getByRole('listitem')).toHaveCount(5)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const labels = await page.getByRole('figure').locator('text').allTextContents()
  expect(labels.filter((text) => /^\d\d:\d\d$/.test(text)).length).toBeGreaterThan(2)
  expect(labels.filter((text) => /^\d+$/.test(text)).length).toBeGreaterThan(2)
  expect(page.url()).toMatch(/#tv&view=histogram$/)
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.keyboard.press('d')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.keyboard.press('Escape')
  await expect(number(page)).toHaveCount(0)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  expect(page.url()).toMatch(/#view=histogram$/)
  await page.keyboard.press('w')
  const wayOut = page.getByRole('button', { name: 'Leave the TV view' })
  // A pointer that moved before the view was there has shown nothing.
  await expect(async () => {
    await page.mouse.move(300, 300)
    await page.mouse.move(310, 300)
    await expect(wayOut).toHaveAttribute('data-shown', 'true', { timeout: 500 })
  }).toPass()
  await wayOut.click()
  await expect(page.getByRole('navigation', { name: 'Span' })).toBeVisible()
})

test('a screen gets a link in the settings, shows the TV view and asks for nothing else, and is let in no more when that is revoked', async () => {
  const { page: settings } = await open(await world().served.link())
  await settings.getByRole('button', { name: 'Settings' }).click()
  const screens = settings.getByRole('region', { name: 'Screens' })
  await screens.getByRole('textbox', { name: 'Where it hangs' }).fill('Lobby')
  await settings.keyboard.press('Enter')
  await expect(screens.getByRole('listitem')).toHaveText([/Lobby.*not opened yet, until/])
  const link = (await screens.locator('code').textContent()) ?? ''
  expect(link).toMatch(/#tv&code=/)

  const { page, refused } = await open(link)
  await expect(number(page)).toContainText(/\d+in 5 min/)
  expect(page.url()).toMatch(/#tv$/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('w')
  await expect(number(page)).toBeVisible()
  await expect(page.getByRole('button')).toHaveCount(0)
  // It is started again, with its cookie and without.
  await page.reload()
  await expect(number(page)).toContainText(/\d+in 5 min/)
  const { page: other } = await open(link)
  await expect(number(other)).toContainText(/\d+in 5 min/)
  expect(refused).toEqual([])

  expect(await runCommand(world().dataDir, ['token', 'list'])).toMatch(/display.*Lobby/)
  await settings.reload()
  await settings.getByRole('button', { name: 'Settings' }).click()
  await expect(screens.getByRole('listitem')).toHaveText([/Lobby.*opened .*, until/])
  await screens.getByRole('button', { name: 'Revoke Lobby' }).click()
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
})

test('what is not live is framed and has no number', async () => {
  const { page } = await open((await world().served.link()).replace('#', '#tv&'))
  await expect(number(page)).toContainText(/\d+in 5 min/)
  await world().served.interrupt()
  await expect(number(page)).toHaveText(/^NOT LIVEsince \d\d:\d\d$/)
  await expect(page).toHaveTitle('Not live – Jira TPM')
})
