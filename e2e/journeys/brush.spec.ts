import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import {
  TICKETS_OF,
  TICKETS_OF_ONE,
  barPoint,
  boxOf,
  drawOver,
  finger,
  minutesIn,
  mouse,
  pen,
  press,
  spanShown,
  whenShown,
} from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

const large = { viewport: { width: 1_280, height: 800 } }
const phone = { viewport: { width: 420, height: 800 }, hasTouch: true, isMobile: true }

async function open(options: BrowserContextOptions): Promise<Page> {
  const page = await (await world().browser.newContext(options)).newPage()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

const listOf = (page: Page) => page.getByRole('heading', { name: TICKETS_OF })
const mark = (page: Page, kind: string) => page.locator(`[data-kind=${kind}]`)

test('a mouse drags to zoom, with Shift to select; Esc leads back, a double click to the last hour', async () => {
  const page = await open(large)
  const pointer = mouse(page)

  await drawOver(page, pointer, 10, 29)
  await whenShown(page, 20)
  await page.goBack()
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
  await page.goForward()
  await whenShown(page, 20)
  await drawOver(page, pointer, 40, 20) // of 20 bars now, from the right
  await whenShown(page, 8)
  await page.keyboard.press('Escape')
  await whenShown(page, 20)

  await page.keyboard.down('Shift')
  await drawOver(page, pointer, 40, 20)
  await page.keyboard.up('Shift')
  await expect(listOf(page)).toBeVisible()
  expect(minutesIn((await listOf(page).textContent()) ?? '')).toBe(8)
  await whenShown(page, 20)
  await expect(mark(page, 'opened')).toBeVisible()

  await page.keyboard.press('Backspace')
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
  await drawOver(page, pointer, 10, 29)
  await whenShown(page, 20)
  const { x, y } = await barPoint(page, 30)
  await page.mouse.dblclick(x, y)
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
})

test('a drag within one bar is a click on it, and Esc gives up a drag', async () => {
  const page = await open(large)
  await drawOver(page, mouse(page), 30, 30)
  await expect(listOf(page)).toHaveText(TICKETS_OF_ONE)
  await page.keyboard.press('Escape')
  await expect(listOf(page)).toHaveCount(0)

  const [from, to] = [await barPoint(page, 10), await barPoint(page, 29)]
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await expect(mark(page, 'zoom')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(mark(page, 'zoom')).toHaveCount(0)
  await page.mouse.up()
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
  await expect(listOf(page)).toHaveCount(0)
})

test('a finger taps, drags to zoom, and scrolls the page up and down over the chart', async () => {
  const page = await open(phone)
  const pointer = await finger(page)
  await press(pointer, await barPoint(page, 15))
  const first = (await listOf(page).textContent()) ?? ''
  await press(pointer, await barPoint(page, 45))
  await expect(listOf(page)).not.toHaveText(first)
  const later = (await listOf(page).textContent()) ?? ''
  // The chart may have moved on between the taps.
  expect([30, 31]).toContain(minutesIn(`${first} ${later}`))

  await drawOver(page, pointer, 10, 29)
  await whenShown(page, 20)

  const { x, y } = await barPoint(page, 30)
  const scrolled = (): Promise<number> => page.evaluate(() => scrollY)
  const before = await scrolled()
  await pointer.down(x, y)
  for (let up = 15; up <= 150; up += 15) await pointer.move(x, y - up)
  await pointer.up()
  await expect.poll(scrolled).toBeGreaterThan(before + 50)
  await whenShown(page, 20)
})

for (const [name, make, options] of [
  ['finger', finger, phone],
  ['pen', pen, large],
] as const) {
  test(`a ${name} that rests selects without zooming, also the bars that it goes on to`, async () => {
    const page = await open(options)
    const pointer = await make(page)
    await drawOver(page, pointer, 20, 29, () => expect(mark(page, 'select')).toBeVisible())
    await expect(listOf(page)).toBeVisible()
    expect(minutesIn((await listOf(page).textContent()) ?? '')).toBe(10)
    expect(await spanShown(page)).toContain('Last 60 min')
    await drawOver(page, pointer, 10, 29)
    await whenShown(page, 20)
  })
}

test('keys select, list, zoom and lead back, and a screen reader is told of the bars', async () => {
  const page = await open(large)
  for (const key of ['ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft']) await page.keyboard.press(key)
  await expect(page.locator('[aria-live=polite]').first()).toHaveText(/^3 bars, .*\d\d:\d\d–.*\d\d:\d\d, /)
  await page.keyboard.press('Enter')
  expect(minutesIn((await listOf(page).textContent()) ?? '')).toBe(3)
  await page.keyboard.press('+')
  await whenShown(page, 3)
  await expect(page.locator('[aria-live=polite]').nth(1)).toHaveText(/^Tickets per minute, .*\d tickets?/)
  await page.keyboard.press('Backspace')
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
  await page.keyboard.press('+')
  await expect.poll(() => spanShown(page)).toContain('Last 30 min')
  await page.keyboard.press('[')
  await whenShown(page, 30)
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+End')
  await page.keyboard.press('Enter')
  expect(minutesIn((await listOf(page).textContent()) ?? '')).toBe(30)
})

test('the handle below the chart is dragged, stretched and moved by keys, and sets the span when it is let go', async () => {
  const page = await open(large)
  const handle = page.getByRole('slider', { name: 'Span shown' })
  const grab = await boxOf(handle)
  const [x, y] = [grab.x + grab.width / 2, grab.y + grab.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 120, y, { steps: 6 })
  expect(await spanShown(page)).toContain('Last 60 min')
  await expect(handle).not.toHaveAttribute('aria-valuetext', '')
  await page.mouse.up()
  await whenShown(page, 60)

  const before = await spanShown(page)
  const start = await boxOf(page.getByRole('slider', { name: 'Beginning of the span' }))
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x - 60, start.y + start.height / 2, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => spanShown(page)).not.toBe(before)
  expect(minutesIn(await spanShown(page))).toBeGreaterThan(60)

  await page.keyboard.press('Escape')
  await expect.poll(() => spanShown(page)).toBe(before)
  await handle.focus()
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key)
  await expect.poll(() => spanShown(page)).not.toBe(before)
  await whenShown(page, 60)
  await page.keyboard.press('End')
  await expect.poll(() => spanShown(page)).toContain('Last 60 min')
  await page.keyboard.press('+')
  await expect.poll(() => spanShown(page)).toContain('Last 30 min')
})

test('a finger drags the handle', async () => {
  const page = await open(phone)
  const pointer = await finger(page)
  const grab = await boxOf(page.getByRole('slider', { name: 'Span shown' }))
  const [x, y] = [grab.x + grab.width / 2, grab.y + grab.height / 2]
  await pointer.down(x, y)
  for (let by = 10; by <= 100; by += 10) await pointer.move(x - by, y)
  await pointer.up()
  await whenShown(page, 60)
})

test('a bar of the distribution lists its minutes, by click and by Enter, and each minute its tickets', async () => {
  const page = await open(large)
  await page.keyboard.press('3')
  await expect(page.getByText('tickets in a minute', { exact: true })).toBeVisible()
  const minutes = page.getByRole('dialog', { name: 'Minutes of this count' })
  const bars = await boxOf(page.getByRole('button', { name: /^Bars:/ }))
  await page.mouse.click(bars.x + 60, bars.y + bars.height / 2)
  await expect(minutes).toContainText(/minutes? with 0 tickets/)
  await page.keyboard.press('Escape')
  await expect(minutes).toHaveCount(0)

  for (const key of ['Home', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await expect(minutes).toContainText(/minutes? with 1 ticket,/)
  const minute = minutes.getByRole('button').first()
  const time = (await minute.textContent()) ?? ''
  await minute.click()
  await expect(listOf(page)).toHaveText(new RegExp(`^Tickets of .*${time.slice(-5)}$`))
})

test('at twice the size, keys bring the chart into sight that they change', async () => {
  const page = await open({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 })
  const chart = page.getByRole('figure')
  const away = (): Promise<void> => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  for (const key of ['ArrowLeft', '2', '+', '[']) {
    await away()
    await expect(chart).not.toBeInViewport({ ratio: 0.5 })
    await page.keyboard.press(key)
    await expect(chart, key).toBeInViewport({ ratio: 0.5 })
  }
})

for (const [name, options] of [
  ['on a phone', phone],
  ['at 800', { viewport: { width: 800, height: 600 }, colorScheme: 'dark' }],
  ['at 2560, without motion', { viewport: { width: 2_560, height: 1_300 }, reducedMotion: 'reduce' }],
  ['in forced colours', { ...large, forcedColors: 'active' }],
] as const) {
  test(`what is drawn over and what is held is seen ${name}, and axe finds nothing`, async () => {
    const page = await open(options)
    const [from, to] = [await barPoint(page, 10), await barPoint(page, 29)]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await expect(mark(page, 'zoom')).toBeVisible()
    await page.screenshot({ path: test.info().outputPath('drawn.png') })
    const ground = await mark(page, 'zoom').evaluate((node) => getComputedStyle(node).backgroundColor)
    expect(ground).not.toBe('rgba(0, 0, 0, 0)')
    await page.mouse.up()
    await whenShown(page, 20)
    await page.getByRole('slider', { name: 'Span shown' }).focus()
    await page.keyboard.press('ArrowLeft')
    await page.screenshot({ path: test.info().outputPath('held.png') })
    await whenShown(page, 20)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })
}
