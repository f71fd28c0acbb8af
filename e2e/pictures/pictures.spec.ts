import path from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { APP_FOLDER } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { withServed } from '../fixtures/with-served.ts'

// Makes what the docs show, in docs/pictures, of a sandbox with its weeks: `npm run pictures`.
const world = withServed({ sandbox: {} })

test.setTimeout(180_000)

type Theme = NonNullable<BrowserContextOptions['colorScheme']>

/** Of 44 tickets in 8 minutes that go by in 8 seconds, 37 come after the second. */
const STORM = {
  profile: 'spike 2m x20 2m',
  count: 44,
  minutes: 8,
  seed: 7,
  compress: 60,
  mix: 'watched',
} as const

async function open(colorScheme: Theme, place = ''): Promise<Page> {
  const context = await world().browser.newContext({ viewport: { width: 1_280, height: 800 }, colorScheme })
  // As a browser with a screen says it, before a person was asked.
  await context.addInitScript(
    () => void Object.defineProperty(Notification, 'permission', { value: 'default' }),
  )
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto((await world().served.link()).replace('#', `#${place}${place && '&'}`))
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

async function picture(page: Page, name: string): Promise<void> {
  // Nothing under the pointer, no focus, and nothing that still grows.
  await page.mouse.move(2, 2)
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  // What the TV view shows only while a pointer moves.
  for (const button of await page.getByRole('button', { name: 'Leave the TV view' }).all())
    await expect(button).toHaveCSS('opacity', '0')
  await page.screenshot({ path: path.join(APP_FOLDER, 'docs', 'pictures', `${name}.png`) })
}

test('the pictures of the docs', async () => {
  const page = await open('light')
  // The four weeks behind it come by and by, and what is usual with them.
  const isLearned = async (): Promise<boolean> => (await callCore(page, 'usual.heat', {})).learning === null
  await expect.poll(isLearned, { timeout: 120_000 }).toBe(true)
  await expect(page.getByText(/Live \d+ s/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/^▲? ?now \d+ in \d+ min, usual/)).toBeVisible()
  await picture(page, 'bar-light')

  const dark = await open('dark')
  await picture(dark, 'bar-dark')
  await dark.keyboard.press('3')
  await expect(dark.getByRole('radio', { name: 'Distribution' })).toBeChecked()
  await picture(dark, 'distribution-dark')
  await dark.keyboard.press('4')
  await expect(dark.getByRole('table', { name: /^Usual tickets an hour/ }).getByRole('button')).toHaveCount(
    168,
  )
  await picture(dark, 'heat-dark')

  const day = await open('light', 'from=now-24h&to=now&view=histogram')
  await expect(day.getByText('usual, 9 in 10')).toBeVisible()
  await picture(day, 'histogram-light')
  const tv = await open('dark', 'tv')
  await expect(tv.getByRole('region', { name: 'Now' })).toContainText(/\d+in 5 min/)
  await picture(tv, 'tv-dark')

  // A drill that rings.
  const condition = { kind: 'at-least', tickets: 20, minutes: 5 } as const
  await callCore(page, 'alerts.add', { name: 'Storm', scope: {}, condition })
  await callCore(page, 'alerts.add', { scope: {}, condition: { kind: 'nothing-fetched', minutes: 2 } })
  await page.getByRole('tab', { name: 'Rehearse' }).click()
  await callCore(page, 'runs.start', { ...STORM, drill: { withinMinutes: 3 } })
  await expect(page.getByText(/in time\.$/)).toBeVisible({ timeout: 45_000 })
  await expect(page.getByRole('alert')).toContainText('REHEARSAL')
  await picture(page, 'run-light')
  await page.getByRole('banner').getByRole('button', { name: 'Alerts' }).click()
  const latest = page.getByRole('region', { name: 'Latest alerts' })
  await expect(latest.getByRole('listitem')).toHaveCount(1)
  await expect(page.getByText('Going through the stored weeks…')).toHaveCount(0)
  await picture(page, 'alerts-light')
  await page.keyboard.press('Escape')

  await expect(page.getByText(/^Planned 44, charted 44/)).toBeVisible({ timeout: 45_000 })
  await page.getByRole('button', { name: 'Audit', exact: true }).click()
  await expect(page.getByRole('main')).toContainText('Nothing lost')
  await picture(page, 'runs-light')

  await world().served.interrupt()
  await expect(tv.getByRole('region', { name: 'Now' })).toContainText('NOT LIVE')
  await picture(tv, 'tv-not-live')
})
