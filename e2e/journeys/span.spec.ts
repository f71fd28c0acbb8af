import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { barHeights } from '../fixtures/chart.ts'
import { measured } from '../fixtures/measured.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

/** Moving a bar on is so much work of the page at most (ms). */
const MOVE_MS = 20
const WORK: ReadonlySet<string> = new Set(['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'])
const MINUTE_MS = 60_000

async function newPage(): Promise<Page> {
  return (await world().browser.newContext()).newPage()
}

async function signIn(page: Page, fragment = ''): Promise<void> {
  const link = await world().served.link()
  await page.goto(fragment === '' ? link : `${link}&${fragment}`)
  await expect(picker(page).getByRole('button', { name: 'Now' })).toBeEnabled()
}

const picker = (page: Page) => page.getByRole('navigation', { name: 'Span' })
const panel = (page: Page) => page.getByRole('region', { name: 'Tickets by minute' })
const zones = (page: Page) => page.getByRole('contentinfo').getByLabel('Times in')
const fragmentOf = (page: Page): string => page.url().split('#')[1] ?? ''

interface Seen {
  busy: number
  readonly heights: Set<number>
  readonly totals: string[]
}

/** Notes in the page whether the chart waits or moves, and each number of tickets that is told. */
async function watch(page: Page): Promise<void> {
  await panel(page).evaluate((region) => {
    const seen: Seen = { busy: 0, heights: new Set(), totals: [] }
    Object.assign(globalThis, { seen })
    const look = (): void => {
      if (region.getAttribute('aria-busy') === 'true') seen.busy += 1
      seen.heights.add(region.getBoundingClientRect().height)
      const total = region.querySelector('strong')?.textContent ?? ''
      if (total !== seen.totals.at(-1)) seen.totals.push(total)
    }
    look()
    new MutationObserver(look).observe(region, { subtree: true, childList: true, attributes: true })
  })
}

test('the last 60 minutes go on with the clock, over the full hour too: no wait, no jump, and no fall to 0', async () => {
  const page = await newPage()
  await page.clock.install()
  await signIn(page)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await expect(picker(page)).toContainText('Last 60 min')
  await page.clock.runFor(1_000)
  await watch(page)
  // Past the next full hour, whatever the clock shows now, but not past all that is there; some are as full as the one before.
  const untilHour = 60 - new Date().getMinutes()
  const minutes = Math.min(Math.max(untilHour + 1, 10), 40)
  for (let n = 0; n < minutes; n++) {
    await page.clock.fastForward(MINUTE_MS - 1_000)
    await page.clock.runFor(1_000)
  }
  const { busy, heights, totals } = await page.evaluate(() => {
    const { seen } = globalThis as unknown as { seen: Seen }
    return { ...seen, heights: [...seen.heights] }
  })
  expect(busy).toBe(0)
  expect(heights).toHaveLength(1)
  const told = totals.map((text) => Number(text.replaceAll(',', '')))
  const falls = told.map((total, i) => (told[i - 1] ?? total) - total)
  expect(told.length).toBeGreaterThan(1)
  expect(Math.max(...falls)).toBeLessThan((told[0] ?? 0) / 2)
})

test('a bar on is hardly felt', async () => {
  const page = await newPage()
  await page.clock.install()
  await signIn(page)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const workMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1_000 * metrics.reduce((sum, { name, value }) => sum + (WORK.has(name) ? value : 0), 0)
  }
  const during = async (ms: number): Promise<number> => {
    const began = await workMs()
    await page.clock.runFor(ms)
    return (await workMs()) - began
  }
  await page.clock.pauseAt(Math.ceil(Date.now() / MINUTE_MS + 1) * MINUTE_MS - 7_000)
  const tookMs: number[] = []
  const elseMs: number[] = []
  for (let n = 0; n < 9; n++) {
    await page.clock.runFor(2_000)
    elseMs.push(await during(3_000))
    // From two seconds before the minute turns to one after.
    tookMs.push(await during(3_000))
    await page.clock.fastForward(MINUTE_MS - 8_000)
  }
  // What else the machine does is not of it: the least says what a bar on takes, and what three seconds take by themselves.
  const [most, least] = [Math.min(...tookMs), Math.min(...elseMs)]
  measured('work of the page for a bar on, the least of 9', most - least)
  measured('… with what the page does in three seconds anyway', most)
  expect(most - least).toBeLessThan(MOVE_MS)
})

test('any span is chosen in the header; what is no span says so in place, and nothing is lost', async () => {
  const page = await newPage()
  await signIn(page)
  const choice = picker(page).getByRole('button').nth(1)
  await choice.click()
  const menu = page.getByRole('dialog', { name: 'Choose a span' })
  await expect(menu.getByRole('button', { name: 'Last 60 min' })).toBeFocused()
  const times = menu.getByLabel('Times')
  await times.fill('15:00-nonsense')
  await times.press('Enter')
  await expect(times).toHaveValue('15:00-nonsense')
  await expect(times).toHaveAccessibleDescription(/is not a (time|span)/)
  await times.fill('-2h')
  await times.press('Enter')
  await expect(choice).toContainText('Last 2 h')
  await expect(panel(page).getByText(/^[\d,]+ tickets? in 2 h$/)).toBeVisible()

  await choice.click()
  await menu.getByRole('button', { name: 'Last 7 days' }).click()
  await expect(panel(page).getByRole('figure')).toHaveAccessibleName(/^Tickets per 2 h, .* – .*:/)
  await expect(panel(page).getByRole('radio', { name: 'Bar' })).toBeDisabled()
  const interval = panel(page).getByRole('combobox', { name: 'Length of a bar' })
  await expect(interval.getByRole('option', { name: /^per minute/ })).toBeDisabled()
  await expect(interval.getByRole('option', { name: 'per minute: more than 1,500 bars' })).toBeAttached()
  await expect(interval.getByRole('option', { name: 'per 7 days: fewer than 8 bars' })).toBeAttached()
  await interval.selectOption('360')
  await expect(panel(page).getByRole('figure')).toHaveAccessibleName(/^Tickets per 6 h/)

  await page.keyboard.press('[')
  await expect(page.getByRole('heading', { name: /^Tickets of .+ – .+/ })).toBeVisible()
  await page.keyboard.press('n')
  await expect(page.getByRole('heading', { name: 'Latest tickets' })).toBeVisible()
  await expect(choice).toContainText('Last 7 days')
})

test('of today, what is to come is empty paper: no bar, no number, and no hour to choose', async () => {
  const page = await newPage()
  await signIn(page, 'from=now/h&to=now/h')
  await expect(picker(page)).toContainText('This hour')
  await page.keyboard.press('t')
  const rows = panel(page).getByRole('row')
  await expect(rows).toHaveCount(61)
  const toCome = await rows.filter({ hasText: 'still to come' }).allInnerTexts()
  expect(Math.abs(toCome.length - (59 - new Date().getMinutes()))).toBeLessThan(2)
  for (const row of toCome) expect(row).not.toMatch(/\D0\D?$|\?/)
  await picker(page).getByRole('button').nth(1).click()
  const menu = page.getByRole('dialog', { name: 'Choose a span' })
  for (const hour of await menu.getByRole('button', { name: /still to come$/ }).all())
    await expect(hour).toBeDisabled()
})

test('the address says what is shown; Back and Forward lead along, and a link opens the same', async () => {
  const page = await newPage()
  await signIn(page)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  expect(fragmentOf(page)).toBe('')
  await picker(page).getByRole('button').nth(1).click()
  await page.getByRole('button', { name: 'Last 6 h' }).click()
  await expect.poll(() => fragmentOf(page)).toBe('from=now-6h&to=now&view=bar')
  await page.keyboard.press('2')
  await expect.poll(() => fragmentOf(page)).toContain('view=histogram')
  await page.goBack()
  await page.goBack()
  await expect(picker(page)).toContainText('Last 60 min')
  await page.goForward()
  await expect(picker(page)).toContainText('Last 6 h')
  await page.goForward()
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()

  const other = await page.context().newPage()
  await other.goto(page.url())
  await expect(picker(other)).toContainText('Last 6 h')
  await expect(other.getByRole('radio', { name: 'Histogram' })).toBeChecked()
})

test('an address that cannot be shown says so, and the last hour is there', async () => {
  const page = await newPage()
  await signIn(page)
  for (const [fragment, sentence] of [
    ['from=2026-01-02T00:00Z&to=2026-01-01T00:00Z', 'ends before it begins'],
    ['from=2126-01-02T00:00Z&to=2126-01-03T00:00Z', 'lies in the future'],
    ['from=1970-01-01T00:00Z&to=now', 'longer than 28 years'],
    ['from=%F0%28&to=now', 'is not a time'],
    ['view=pie', 'as view'],
  ] as const) {
    await page.evaluate((text) => void (location.hash = text), fragment)
    await expect(page.getByRole('alert')).toContainText(sentence)
    await expect(picker(page)).toContainText('Last 60 min')
    await expect.poll(() => fragmentOf(page)).toBe('')
    await page.getByRole('button', { name: 'Put away' }).click()
  }
  expect(await barHeights(page)).not.toEqual([])
})

test('a link without a session leads to its place once this browser has signed in', async () => {
  const page = await newPage()
  const url = await world().served.url()
  await page.goto(`${url}/#from=now-6h&to=now&view=histogram`)
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
  // Put into the same window's address bar, which loads nothing by itself.
  const link = await world().served.link()
  await page.evaluate((text) => void (location.href = text), link)
  await expect(picker(page)).toContainText('Last 6 h')
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  expect(page.url()).not.toContain('code')
})

test('times are by the clock that a person chooses: span, days, exports and command; in that browser alone', async () => {
  const page = await newPage()
  await signIn(page)
  const toMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS
  await page.evaluate(
    (hash) => void (location.hash = hash),
    `from=${isoInstant(toMs - 40 * MINUTE_MS)}&to=${isoInstant(toMs)}`,
  )
  const zone = 'Asia/Tokyo'
  const clock = (timeZone: string): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(toMs)
  const own = (await zones(page).locator('option').first().textContent()) ?? ''
  expect(clock(own)).not.toBe(clock(zone))
  await expect(picker(page)).toContainText(clock(own))
  await expect(panel(page)).toHaveAttribute('aria-busy', 'false')
  await expect(panel(page).locator('strong').first()).toHaveText(/[1-9]/)
  const total = await panel(page).locator('strong').first().textContent()

  await zones(page).focus()
  await zones(page).selectOption(zone)
  await expect(picker(page)).toContainText(clock(zone))
  await expect(panel(page)).toHaveAttribute('aria-busy', 'false')
  await expect(panel(page).locator('strong').first()).toHaveText(total ?? '')

  await page.evaluate(() => void (location.hash = 'from=now/d&to=now/d&interval=60&view=histogram'))
  await expect(picker(page)).toContainText('Today')
  await page.getByRole('button', { name: 'Share' }).click()
  const share = page.getByRole('dialog', { name: 'Share' })
  await expect(share.locator('code')).toContainText(`--zone ${zone}`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    share.getByRole('button', { name: 'Bars as CSV' }).click(),
  ])
  const [head = '', first = ''] = (await readFile(await download.path(), 'utf8')).split('\n')
  const at = head.split(',').indexOf(`from in ${zone}`)
  expect(first.split(',')[at]).toMatch(/ 00:00/)

  await page.reload()
  await expect(zones(page)).toHaveValue(zone)
  const other = await newPage()
  await signIn(other)
  await expect(zones(other)).toHaveValue('')
  await zones(page).selectOption('')
  await expect(zones(page)).toHaveValue('')
})

test('a night that has an hour twice has its labels twice, and none of them stays behind', async () => {
  const page = await newPage()
  await signIn(page)
  await zones(page).focus()
  await zones(page).selectOption('Europe/Berlin')
  const labels = (): Promise<string[]> =>
    panel(page).locator('figure > svg').first().locator('g text').allTextContents()
  await page.evaluate(() => void (location.hash = 'from=2026-10-24T23:30Z&to=2026-10-25T02:00Z'))
  await expect.poll(labels).toEqual(['01:30', '02:00', '02:30', '02:00', '02:30'])
  await page.evaluate(() => void (location.hash = 'from=2026-10-20T10:00Z&to=2026-10-20T12:00Z'))
  await expect.poll(labels).toEqual(['12:00', '12:30', '13:00', '13:30'])
})
