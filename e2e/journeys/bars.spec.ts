import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { TICKETS_OF_ONE } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

/** The whole past hour, all of whose bars are over. */
async function openPastHour(page: Page): Promise<void> {
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await page.keyboard.press('[')
  await expect(page.getByRole('heading', { name: /^Tickets of .+/ })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Tickets by minute' })).toHaveAttribute('aria-busy', 'false')
}

test('a tap lists the tickets of what was touched, wherever a finger was before', async () => {
  const context = await world().browser.newContext({
    hasTouch: true,
    viewport: { width: 1_280, height: 800 },
  })
  const page = await context.newPage()
  await openPastHour(page)
  const bars = await page.getByRole('button', { name: /^Bars:/ }).boundingBox()
  if (bars === null) throw new Error('There is no chart')
  const heading = page.getByRole('heading', { name: TICKETS_OF_ONE })
  const tapped: string[] = []
  for (const share of [0.25, 0.75]) {
    const before = tapped.at(-1) ?? ''
    await page.touchscreen.tap(bars.x + bars.width * share, bars.y + bars.height / 2)
    await expect(heading).not.toHaveText(before)
    tapped.push((await heading.textContent()) ?? '')
  }
  const minutes = tapped.map((text) => Number(text.slice(-2)))
  expect(((minutes[1] ?? 0) - (minutes[0] ?? 0) + 60) % 60).toBeGreaterThan(20)
})

test('arrows begin at the newest bar that is over; three of them and Enter without a pause open the bar that they came to', async () => {
  const page = await (await world().browser.newContext()).newPage()
  await openPastHour(page)
  await page.evaluate(() => {
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    }
  })
  const last = await page.getByRole('navigation', { name: 'Span' }).innerText()
  // Over midnight the day stands between.
  const end = [...last.matchAll(/(\d\d):(\d\d)/g)].at(-1)?.slice(1).map(Number) ?? []
  const minute = ((end[0] ?? 0) * 60 + (end[1] ?? 0) - 3 + 1_440) % 1_440
  const time = [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, '0')).join(':')
  await expect(page.getByRole('heading', { name: new RegExp(`^Tickets of .*${time}$`) })).toBeVisible()
})

test('the chart is drawn four times a second at most, however often what it shows changes', async () => {
  const page = await (await world().browser.newContext()).newPage()
  await openPastHour(page)
  const { draws, tookMs } = await page.evaluate(async (changes) => {
    interface Plot extends Element {
      on(event: 'plotly_afterplot', listener: () => void): void
    }
    let drawn = 0
    document.querySelector<Plot>('.js-plotly-plot')?.on('plotly_afterplot', () => (drawn += 1))
    const began = performance.now()
    for (let n = 0; n < changes; n++) {
      const key = n % 2 === 0 ? '3' : '1'
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return { draws: drawn, tookMs: performance.now() - began }
  }, 80)
  expect(draws).toBeGreaterThan(1)
  expect(draws).toBeLessThanOrEqual(Math.ceil(tookMs / 250) + 1)
})
