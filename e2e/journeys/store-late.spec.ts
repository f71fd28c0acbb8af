import { whenDrawn } from '../fixtures/chart.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { measured } from '../fixtures/measured.ts'
import { expect, test as base } from '../fixtures/on-postgres.ts'
import { showsTruth, watchedOfHour } from '../fixtures/truth.ts'

/** Within so long after the server has come all is right. */
const RECOVERY_MS = 10_000

/** The app is started for the first time while its server is down. */
const test = base.extend({
  postgres: async ({ postgres }, run) => {
    await postgres.kill()
    await run(postgres)
  },
})

test('a start before the server says so in the chart’s place, and the chart comes by itself', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  const inPlace = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(inPlace.getByRole('heading', { name: 'Store out of reach' })).toBeVisible()
  await expect(inPlace.getByRole('alert')).toContainText(/PostgreSQL at 127\.0\.0\.1:\d+\/postgres/)
  await expect(inPlace).toContainText(/This has lasted for \d+ s\. The chart comes by itself after it\./)
  await expect(page.getByRole('banner')).toContainText(site.host)
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('Fetching waits for the store.')
  await expect(status).not.toContainText('0 tickets') // nobody knows
  await inPlace.getByRole('button', { name: 'Try again' }).click()
  await expect(inPlace.getByRole('heading', { name: 'Store out of reach' })).toBeVisible()

  await postgres.restart()
  const cameMs = Date.now()
  const { length } = await watchedOfHour(site)
  const tookMs = (await whenDrawn(page, length)) - cameMs
  measured('from the server’s start to the right chart, tables made and all fetched', tookMs)
  expect(tookMs).toBeLessThan(RECOVERY_MS)
  await showsTruth(page, site)
})

test('a start before the server can go on with this computer’s file, until the server comes', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  await page.getByRole('button', { name: 'Go on with this computer’s file' }).click()
  await expect(page.getByRole('region', { name: 'A file stands in' })).toBeVisible()
  await showsTruth(page, site)
  await postgres.restart()
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('/postgres', { timeout: RECOVERY_MS })
  await expect(page.getByRole('region', { name: 'A file stands in' })).toHaveCount(0)
  await showsTruth(page, site)
})

test.describe('of the demo', () => {
  test.use({ appEnv: {} })

  test('its tickets come when the server does', async ({ app, postgres }) => {
    const { page } = app
    await expect(page.getByRole('heading', { name: 'Store out of reach' })).toBeVisible()
    await expect(page.getByRole('banner')).toContainText('Sandbox')
    await postgres.restart()
    await expect.poll(() => storedTickets(page), { timeout: RECOVERY_MS }).toBeGreaterThan(0)
  })
})
