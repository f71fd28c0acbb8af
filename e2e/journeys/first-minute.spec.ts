import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Locator, type Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { barHeights } from '../fixtures/chart.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { callCore } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'

const DAY = 86_400_000

let dataDir: string
let browser: Browser
let served: ServedDashboard

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  served = serveDashboard(dataDir)
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
})

test.afterEach(async () => {
  await browser.close()
  if (served.process.exitCode === null) await served.interrupt()
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

async function openWindow(width = 1280, height = 800): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  await page.goto(await served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

function card(page: Page): Locator {
  return page.getByRole('region', { name: 'First steps' })
}

function step(page: Page, name: RegExp | string): Locator {
  return card(page).getByRole('button', { name })
}

/** Whether something in it is wider than it has room for. */
const isCut = (chip: HTMLElement): boolean =>
  [chip, ...chip.querySelectorAll('*')].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)

test('a new workspace shows a full hour with a spike, and weeks behind it with a storm and quiet weekends', async () => {
  const page = await openWindow()
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(4_000)
  const { site } = await callCore(page, 'session.get', {})
  expect(site.kind).toBe('sandbox')
  const nowMs = Date.now()
  const hour = await callCore(page, 'counts.get', {
    fromMs: nowMs - DAY / 24,
    toMs: nowMs,
    bucketMinutes: 1,
  })
  const perMinute = totals(hour)
  expect(sum(perMinute)).toBeGreaterThan(70)
  expect(Math.max(...perMinute)).toBeGreaterThanOrEqual(10)

  const weeks = await callCore(page, 'counts.get', {
    fromMs: nowMs - 27 * DAY,
    toMs: nowMs,
    bucketMinutes: 60,
  })
  const busiest = totals(weeks).toSorted((a, b) => b - a)
  // The storm, and the last hour; then working hours, of which there are hundreds.
  expect(busiest[0]).toBeGreaterThan(100)
  expect(busiest[3]).toBeLessThan(60)
  expect(busiest[100]).toBeGreaterThan(12)
  expect(busiest[400]).toBeLessThan(8)
})

test('the last hour of a new workspace is of several projects: chips, top five and other, split and filter', async () => {
  const page = await openWindow()
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(4_000)
  const chips = page
    .getByRole('group', { name: 'Fields of these tickets' })
    .getByRole('group', { name: 'Project', exact: true })
    .getByRole('button')
  await expect.poll(() => chips.count()).toBeGreaterThanOrEqual(5)
  // As many as have room: none lies under what stands beside them.
  const all = page.getByRole('button', { name: 'All fields' })
  const isFree = () =>
    all.evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect()
      const under = document.elementsFromPoint(left + width / 2, top + height / 2)
      return (
        under[0] !== undefined &&
        button.contains(under[0]) &&
        !under.some((one) => one.closest('fieldset') !== null)
      )
    })
  await expect.poll(isFree).toBe(true)
  // Each that is in sight has room for its whole name.
  await expect.poll(() => chips.first().evaluate(isCut)).toBe(false)

  await page.getByLabel('Colour by').selectOption('Project')
  await expect(page.getByRole('button', { name: 'WEB', exact: true })).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Tickets by minute' }).getByText('other', { exact: true }),
  ).toBeVisible()
  await chips.first().click()
  await expect(page.getByRole('group', { name: 'Filter', exact: true })).toContainText('project WEB')
  const rows = page.getByRole('feed').getByRole('article')
  await expect
    .poll(async () => (await rows.allTextContents()).every((row) => row.includes('WEB-')))
    .toBe(true)
  await expect.poll(() => rows.count()).toBeGreaterThan(5)
})

test('the three steps lead from a spike to its proof and to the connection, and are put away for good', async () => {
  const page = await openWindow()
  await expect(card(page)).toContainText('This is a made-up Jira.')
  await expect(step(page, 'Prove nothing was lost')).toBeDisabled()
  expect((await callCore(page, 'runs.list', { limit: 5 })).runs).toEqual([])
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

  await step(page, 'Watch a spike (20 s)').click()
  await expect(step(page, /Watch a spike: \d+ of 40/)).toBeDisabled()
  await expect(step(page, 'Done: Watch a spike (20 s)')).toBeEnabled({ timeout: 60_000 })

  await step(page, 'Prove nothing was lost').click()
  await expect(page.getByRole('main')).toContainText('All 40 tickets were made', { timeout: 15_000 })
  await expect(page.getByRole('main')).toContainText('the 40 tickets that are watched are in Jira')
  await page.getByRole('button', { name: 'Back' }).click()
  await expect(step(page, 'Done: Prove nothing was lost')).toBeVisible()

  await step(page, 'Connect yours').click()
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Back' }).click()

  await card(page).getByRole('button', { name: 'Put the first steps away for good' }).click()
  await expect(card(page)).toHaveCount(0)
  await expect
    .poll(() => readFile(path.join(dataDir, 'config.json'), 'utf8').catch(() => ''))
    .toContain('"firstStepsPutAway": true')
  // Nor in another browser.
  const another = await browser.newContext()
  const elsewhere = await another.newPage()
  await elsewhere.goto(await served.link())
  await expect.poll(() => barHeights(elsewhere)).not.toEqual([])
  await expect(elsewhere.getByRole('contentinfo')).toContainText('tickets')
  await expect(card(elsewhere)).toHaveCount(0)
})

test('on a narrow screen the steps take little of its height, and the keyboard reaches them all', async () => {
  const page = await openWindow(420)
  await expect(card(page)).toBeVisible()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(420)
  expect((await card(page).boundingBox())?.height).toBeLessThanOrEqual(120)
  await step(page, 'Watch a spike (20 s)').focus()
  await page.keyboard.press('Tab')
  await expect(step(page, 'Connect yours')).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(step(page, /Watch a spike: \d+ of 40/)).toBeVisible()
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Of all watched priorities, bucket by bucket. */
function totals({ counts }: { readonly counts: readonly (readonly number[])[] }): number[] {
  return (counts[0] ?? []).map((_count, bucket) => sum(counts.map((row) => row[bucket] ?? 0)))
}
