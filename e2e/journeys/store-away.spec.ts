import type { Locator, Page } from 'playwright'
import { barHeights, whenDrawn } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { measured } from '../fixtures/measured.ts'
import { expect, test } from '../fixtures/on-postgres.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { RealSite } from '../fixtures/real-site.ts'
import { showsTruth, watchedOfHour } from '../fixtures/truth.ts'
import { openFormOnSite } from '../fixtures/run-menu.ts'

/** It takes the window so long to say that a server is away which answers nothing any more. */
const NOTICED = { timeout: 15_000 }
/** Within so long after the server's return all is right again. */
const RECOVERY_MS = 10_000

function card(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title })
}

interface Bars {
  readonly heights: readonly number[]
  readonly minute: number
}

async function barsNow(page: Page): Promise<Bars> {
  const minute = minuteOf(Date.now())
  return { heights: await barHeights(page), minute }
}

const PRIORITIES = 2

/** The hour that is shown goes on with the clock: each minute that passed took its oldest bars with it, and nothing else. */
async function expectSameBars(page: Page, before: Bars): Promise<void> {
  const { heights } = await barsNow(page)
  const minutes = minuteOf(Date.now()) - before.minute
  let found = 0
  for (const height of before.heights) if (height === heights[found]) found += 1
  expect(found, `${heights.join()} of ${before.heights.join()}`).toBe(heights.length)
  expect(before.heights.length - heights.length).toBeLessThanOrEqual(PRIORITIES * minutes)
}

async function makeTickets(site: RealSite, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    await site.add({ summary: `Made meanwhile, ${n}`, priority: { id: '1' } })
  }
}

/** Has the server come back, and waits until the chart has every ticket of the Jira; prints how long that took. */
async function comesBack(page: Page, site: RealSite, what: string, back: () => Promise<void>): Promise<void> {
  const { length } = await watchedOfHour(site)
  const right = whenDrawn(page, length)
  await back()
  const backMs = Date.now()
  const tookMs = (await right) - backMs
  measured(`from ${what} to the right chart`, tookMs)
  expect(tookMs).toBeLessThan(RECOVERY_MS)
}

for (const { name, goes, comes } of [
  { name: 'is killed', goes: 'kill', comes: 'restart' },
  { name: 'stands still', goes: 'stall', comes: 'continue' },
] as const) {
  test(`while a server that ${name} is away the chart stays, marked as old; then nothing is missing`, async ({
    app,
    site,
    postgres,
  }) => {
    const { page } = app
    await showsTruth(page, site)
    const bars = await barsNow(page)

    const goneMs = Date.now()
    await postgres[goes]()
    const away = card(page, 'Store out of reach')
    await expect(away).toBeVisible(NOTICED)
    measured(`from ${goes} to the card that says so`, Date.now() - goneMs)
    await expect(away).toContainText(/PostgreSQL at 127\.0\.0\.1:\d+\/postgres/)
    await expect(away).toContainText(/for \d+ s/)
    await expect(away).toContainText(/The chart shows what was known at \d\d:\d\d/)
    await expect(page.getByText(/^As of \d\d:\d\d$/)).toBeVisible()
    await expect(page.getByRole('figure', { name: /since the store cannot be used/ })).toHaveCount(1)
    await expectSameBars(page, bars)
    const status = page.getByRole('contentinfo')
    await expect(status).toContainText('Fetching waits for the store.')

    await makeTickets(site, 5)
    await comesBack(page, site, comes, async () => await postgres[comes]())
    await expect(away).toHaveCount(0)
    await expect(page.getByText(/^As of/)).toHaveCount(0)
    await expect(status).toContainText('Last fetch')
    await showsTruth(page, site)
  })
}

test('a span that cannot be read says why, and the one that was shown is still there on the way back', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  await showsTruth(page, site)
  const bars = await barsNow(page)
  await postgres.kill()
  await expect(card(page, 'Store out of reach')).toBeVisible(NOTICED)

  await page.keyboard.press('[')
  const inPlace = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(inPlace.getByRole('heading', { name: 'Store out of reach' })).toBeVisible()
  await expect(inPlace).toContainText('The chart comes by itself after it.')
  await expect(inPlace.getByRole('button', { name: 'Go on with this computer’s file' })).toBeVisible()
  expect(await barHeights(page)).toEqual([])

  await page.keyboard.press('n')
  await expect(() => expectSameBars(page, bars)).toPass()
  await expect(page.getByText(/^As of \d\d:\d\d$/)).toBeVisible()
})

test('this computer’s file stands in by the person’s word, says so all the while, and gives way by itself', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  await showsTruth(page, site)
  await postgres.kill()
  await expect(card(page, 'Store out of reach')).toBeVisible(NOTICED)
  await makeTickets(site, 3)

  await page.getByRole('button', { name: 'Go on with this computer’s file' }).click()
  const isFallback = card(page, 'A file stands in')
  const status = page.getByRole('contentinfo')
  const saysSo = async (): Promise<void> => {
    await expect(isFallback).toContainText(
      /PostgreSQL at .* is out of reach\. Since \d\d:\d\d this computer’s file/,
    )
    await expect(status).toContainText('tpm.sqlite')
  }
  await saysSo()
  await showsTruth(page, site)
  await saysSo()
  await makeTickets(site, 2)
  await showsTruth(page, site)
  await page.reload()
  await showsTruth(page, site)
  await saysSo()

  await makeTickets(site, 2)
  const backMs = await postgres.restart().then(() => Date.now())
  await expect(status).toContainText('/postgres', { timeout: RECOVERY_MS })
  measured('from restart to the window on PostgreSQL again', Date.now() - backMs)
  await expect(isFallback).toHaveCount(0)
  await showsTruth(page, site)
})

test('a run in the file keeps the server from being gone back to, until it has ended', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  await showsTruth(page, site)
  await postgres.kill()
  await page.getByRole('button', { name: 'Go on with this computer’s file' }).click()
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('tpm.sqlite')
  const panel = await openFormOnSite(page, site)
  await panel.getByLabel('Tickets').fill('100')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('of 100 created')

  await postgres.restart()
  const isBack = card(page, 'The store is back')
  await expect(isBack).toContainText('is gone back to when the run has ended', { timeout: RECOVERY_MS })
  await expect(status).toContainText('tpm.sqlite')
  await isBack.getByRole('button', { name: 'Go back now' }).click()
  const question = page.getByRole('dialog', { name: 'Stop this run?' })
  await expect(question).toContainText(/Then PostgreSQL at .*\/postgres is used again\./)
  await question.getByRole('button', { name: 'Stop run' }).click()
  await expect(status).toContainText('/postgres', { timeout: RECOVERY_MS })
  await expect(isBack).toHaveCount(0)
  await page.getByRole('tab', { name: 'Tickets' }).click()
  await showsTruth(page, site)
})

test('while the server is away no alert rule is called quiet, then it is again', async ({
  app,
  site,
  postgres,
}) => {
  const { page } = app
  await showsTruth(page, site)
  const condition = { kind: 'nothing-fetched', minutes: 5 } as const
  await callCore(page, 'alerts.add', { name: 'Fetching', scope: {}, condition })
  await page.getByRole('banner').getByRole('button', { name: 'Alerts' }).click()
  const rules = page.getByRole('list', { name: 'Alert rules' })
  await expect(rules).toContainText('Quiet')
  await postgres.kill()
  await expect(rules).toContainText('Not known: The store that has the rules is out of reach.', NOTICED)
  await expect(rules).not.toContainText('Quiet')
  await postgres.restart()
  await expect(rules).toContainText('Quiet', { timeout: 30_000 })
})
