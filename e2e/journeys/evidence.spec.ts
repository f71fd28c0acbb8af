import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Locator, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { TICKETS_OF_ONE } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { importTickets, ticketsBefore } from '../fixtures/imported.ts'
import { expectNoOverflow } from '../fixtures/overflow.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

const HOUR_MS = 3_600_000
/** So many rows are drawn at most, however long the list is. */
const FEW = 60

/** The dashboard on the last hour, with so many tickets in it beside the sandbox's own; tells how many there are in all. */
async function openWith(count: number, options: BrowserContextOptions = {}) {
  const { browser, dataDir, served } = world()
  const page = await (
    await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options })
  ).newPage()
  await page.goto(await served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const nowMs = Date.now()
  await importTickets(dataDir, ticketsBefore(nowMs, count, 50))
  // Who scrolls before the open list has them reads on, and they wait behind a button.
  await page.reload()
  const list = page.getByRole('feed', { name: 'List' })
  await expect(rows(list).first()).toBeVisible()
  await expect.poll(() => totalSaid(page)).toBeGreaterThanOrEqual(count)
  return { page, list, nowMs }
}

/** The number in the words over the list. */
async function totalSaid(page: Page): Promise<number> {
  const words = await page.getByRole('tabpanel', { name: 'Tickets' }).innerText()
  return Number(/([\d,]+) tickets?\b/.exec(words)?.[1]?.replaceAll(',', '') ?? Number.NaN)
}

const rows = (list: Locator): Locator => list.getByRole('article')

function placeOf(row: Locator): Promise<number> {
  return row.getAttribute('aria-posinset').then(Number)
}

/** Scrolls as with a wheel until nothing more comes; a ticket that the sandbox makes meanwhile is asked for. */
async function scrollToEnd(page: Page, list: Locator): Promise<void> {
  const fresh = page.getByRole('button', { name: /new tickets?$/ })
  await expect(async () => {
    if (await fresh.isVisible()) await fresh.click()
    await list.evaluate((node) => node.scrollTo({ top: node.scrollHeight }))
    await expect(list).not.toContainText('Reading more', { timeout: 500 })
    expect(
      await list.evaluate((node) => node.scrollHeight - node.clientHeight - node.scrollTop),
    ).toBeLessThan(2)
    expect(await placeOf(rows(list).last())).toBe(await totalSaid(page))
  }).toPass()
}

test('all of 312 tickets are there, and all of 5,000, by the wheel; few rows are drawn', async () => {
  for (const count of [312, 5_000]) {
    const { page, list } = await openWith(count)
    await scrollToEnd(page, list)
    const total = await totalSaid(page)
    expect(total).toBeGreaterThanOrEqual(count)
    expect(await rows(list).count()).toBeLessThan(FEW)
    await expect(rows(list).last()).toHaveAttribute('aria-setsize', String(total))
    // The oldest of the hour is the last.
    const shownTo = Date.now() + 60_000
    const { tickets } = await callCore(page, 'tickets.list', {
      fromMs: shownTo - HOUR_MS - 60_000,
      toMs: shownTo,
      limit: 1,
    })
    await list.evaluate((node) => node.scrollTo({ top: 0 }))
    await expect(rows(list).first()).toContainText(tickets[0]?.key ?? 'no ticket')
    await page.close()
  }
})

test('by the keyboard alone: to the list and along it, to its end and back, and into a search', async () => {
  const { page, list } = await openWith(1_200)
  const total = await totalSaid(page)
  const focused = page.locator('article:focus')
  await page.keyboard.press('j')
  await expect(focused).toHaveAttribute('aria-posinset', '1')
  for (const [key, place] of [
    ['j', '2'],
    ['ArrowDown', '3'],
    ['k', '2'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(focused).toHaveAttribute('aria-posinset', place)
  }
  // Each End leads to the last that was read, and has the next page read.
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(focused).toHaveAttribute('aria-posinset', String(total), { timeout: 500 })
  }).toPass()
  await expect(focused).toBeInViewport()
  await page.keyboard.press('Home')
  await expect(focused).toHaveAttribute('aria-posinset', '1')

  await page.keyboard.press('/')
  await page.keyboard.type('ORDER 77 stays')
  await expect(page.getByText('1 found')).toBeVisible()
  await expect(rows(list)).toHaveCount(1)
  await expect(rows(list)).toContainText('OPS-900077')
  await page.keyboard.type('no such text')
  await expect(page.getByText('No title and no key here has this text.')).toBeVisible()
  await page.getByRole('searchbox').fill('')
  await expect.poll(() => totalSaid(page)).toBeGreaterThanOrEqual(total)
})

test('what comes while somebody reads waits behind a button, and moves nothing', async () => {
  const { page, list, nowMs } = await openWith(600)
  const { dataDir } = world()
  await list.evaluate((node) => node.scrollTo({ top: 2_000 }))
  const firstInSight = (): Promise<string> =>
    list.evaluate((node) => {
      const { top } = node.getBoundingClientRect()
      const seen = [...node.querySelectorAll('article')].find((row) => row.getBoundingClientRect().top >= top)
      return `${seen?.getAttribute('aria-label')} at ${Math.round(seen?.getBoundingClientRect().top ?? 0)}`
    })
  const before = await firstInSight()
  const fresh = ['901', '902', '903'].map((id, n) => ({
    id,
    title: `Fresh ${id}`,
    createdMs: nowMs - 1_000 * n,
  }))
  await importTickets(dataDir, fresh)
  const button = page.getByRole('button', { name: '3 new tickets' })
  await expect(button).toBeVisible()
  expect(await firstInSight()).toBe(before)
  await button.click()
  await expect(button).toHaveCount(0)
  await expect(list.getByText('Fresh 901')).toBeInViewport()
})

test('at 420 wide a tap opens a bar’s tickets, whose count is that of the bar; all of it is in reach', async () => {
  const { page, list } = await openWith(312, { viewport: { width: 420, height: 800 }, hasTouch: true })
  const bars = await page.getByRole('button', { name: /^Bars:/ }).boundingBox()
  if (bars === null) throw new Error('There is no chart')
  await page.touchscreen.tap(bars.x + bars.width * 0.7, bars.y + bars.height * 0.6)
  const heading = page.getByRole('heading', { name: TICKETS_OF_ONE })
  await expect(heading).toBeVisible()
  await expect.poll(() => totalSaid(page)).toBeLessThan(60)
  const total = await totalSaid(page)
  expect(total).toBeGreaterThan(0)
  await expect(rows(list)).toHaveCount(Math.min(total, await rows(list).count()))
  await expect(rows(list).first()).toHaveAttribute('aria-setsize', String(total))
  await expectNoOverflow(page)
  await page.getByRole('button', { name: 'Copy keys' }).tap()
  await expect(page.getByText(`Copied the keys of ${total} tickets`)).toBeVisible()
})

test('of the sandbox there is JQL to copy and no link; the tickets are saved, and compared with Jira when that is asked', async () => {
  const { page } = await openWith(20)
  const total = await totalSaid(page)
  await expect(page.getByRole('button', { name: 'Copy JQL' })).toBeVisible()
  await expect(page.getByRole('link', { name: /in Jira/ })).toHaveCount(0)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV', exact: true }).click()
  const file = await (await download).createReadStream()
  let text = ''
  for await (const chunk of file) text += String(chunk)
  expect(text.trim().split('\n')).toHaveLength(total + 1)
  expect(text).toContain('OPS-900000')
  await page.getByRole('button', { name: 'Compare with Jira' }).click()
  // Those of the file are in no Jira.
  await expect(
    page.getByText(/^Jira’s search finds \d+ tickets? now, and \d+ are counted here\.$/),
  ).toBeVisible()
  await expect(page.getByText(/^Gone from Jira but counted: OPS-\d+/)).toBeVisible()
})

test('a long title has two lines beside the chart, and one where the list is wide; all of it is in its tooltip', async () => {
  const { page, list, nowMs } = await openWith(1)
  const long = 'Checkout fails for every customer who pays by card'
  const titles = Array.from({ length: 5 }, () => long).join(' and ')
  await importTickets(world().dataDir, [{ id: '950', title: titles, createdMs: nowMs }])
  const title = list.getByText(titles)
  const shown = () =>
    title.evaluate((node) => ({
      lines: Math.round(node.clientHeight / Number.parseFloat(getComputedStyle(node).lineHeight)),
      isCut: node.scrollHeight > node.clientHeight + 1,
    }))
  await expect.poll(shown).toEqual({ lines: 2, isCut: true })
  await page.setViewportSize({ width: 620, height: 800 })
  await expect.poll(shown).toEqual({ lines: 1, isCut: true })
  await expect(title).toHaveAttribute('title', titles)
})

test('a minute that is known to be empty is compared with Jira, and has no way to its tickets', async () => {
  const { page } = await openWith(1)
  await page.keyboard.press('t')
  const empty = page.getByRole('row').and(page.locator('[data-empty]')).first()
  await empty.getByRole('button').click()
  const panel = page.getByRole('tabpanel', { name: 'Tickets' })
  await expect(panel.getByText('No tickets', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Audit this minute' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy JQL' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Compare with Jira' }).click()
  await expect(panel.getByText('Jira’s search finds the same 0 tickets.')).toBeVisible()
})

test('a run under way is a line over the tickets, which leads to it', async () => {
  const { page } = await openWith(5)
  await callCore(page, 'runs.start', { count: 50, minutes: 5 })
  const line = page.getByRole('button', { name: /^Run: \d+ of 50 created/ })
  await expect(line).toContainText(/\d+ (s|min) left/)
  await line.click()
  await expect(page.getByRole('tab', { name: 'Rehearse' })).toHaveAttribute('aria-selected', 'true')
  await callCore(page, 'runs.stop', {})
  await page.getByRole('tab', { name: 'Tickets' }).click()
  await expect(line).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the panel, ${colorScheme}`, async () => {
    const { page } = await openWith(312, { colorScheme })
    for (const [width, height] of [
      [1_280, 800],
      [800, 600],
      [420, 800],
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const opened of [false, true]) {
        if (opened) for (const key of ['ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
        const { violations } = await new AxeBuilder({ page }).include('[role=tabpanel]').analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      }
      await page.keyboard.press('Escape')
    }
  })
}
