import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from 'playwright'
import { expect, test } from '../fixtures/app.ts'
import { boxOf } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { coloursAcross, pixelsOf } from '../fixtures/pixels.ts'
import { openFormByMenu, openRehearse, sayYesToStop } from '../fixtures/run-menu.ts'
import { openRuns } from '../fixtures/runs-page.ts'

function spanShown(page: Page): Promise<string> {
  return page.getByRole('navigation', { name: 'Span' }).innerText()
}

test('a run is started from the menu, and the panel follows it to its end', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  await openFormByMenu(app)
  await page.keyboard.press('Enter')
  await expect(panel).toContainText('of 100 created')
  await panel.getByRole('button', { name: 'Pause' }).click()
  await expect(panel).toContainText('paused')
  await panel.getByRole('button', { name: 'Resume' }).click()
  await expect(panel).toContainText('until')
  await panel.getByRole('button', { name: 'Stop' }).click()
  await sayYesToStop(page)
  await expect(panel).toContainText(/Stopped/i)
})

test('bars move while a compressed run makes tickets', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const before = await storedTickets(page)
  const bars = await barHeights(page)

  await openFormByMenu(app)
  await panel.getByLabel('Tickets').fill('40')
  await panel.getByLabel('Minutes').fill('10')
  await panel.getByLabel('Seed', { exact: true }).fill('7')
  await panel.getByLabel('Speed').selectOption('60 ×')
  await panel.getByRole('button', { name: 'Start run' }).click()

  await expect(panel).toContainText('Done: 40 of 40 tickets made. Seed 7.', { timeout: 30_000 })
  await expect.poll(() => storedTickets(page), { timeout: 15_000 }).toBeGreaterThan(before)
  await expect.poll(() => barHeights(page)).not.toEqual(bars)

  await panel.getByRole('button', { name: 'Audit' }).click()
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Nothing lost', { timeout: 15_000 })
})

test('the view is kept when the span changes, and a reload shows the same', async ({ app }) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  const now = await spanShown(page)

  for (const [item, name] of [
    ['view-histogram', 'Histogram'],
    ['view-distribution', 'Distribution'],
    ['view-bar', 'Bar'],
  ] as const) {
    await app.clickMenu(item)
    await expect(page.getByRole('radio', { name })).toBeChecked()
    await expect.poll(() => barHeights(page)).not.toEqual([])
  }

  await page.keyboard.press('2')
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  await app.clickMenu('span-previous')
  await expect.poll(() => spanShown(page)).not.toBe(now)
  const earlier = await spanShown(page)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()

  // While the other span is on its way, the figures are the last one's.
  const panel = page.getByRole('region', { name: 'Tickets by minute' })
  await expect(panel).toHaveAttribute('aria-busy', 'false')
  const total = await page.getByRole('main').locator('p').first().innerText()
  await page.reload()
  await expect.poll(() => spanShown(page)).toBe(earlier)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  await expect(page.getByRole('main').locator('p').first()).toHaveText(total)

  await page.keyboard.press('n')
  await expect.poll(() => spanShown(page)).toBe(now)
})

test('a second start finds the same tickets', async ({ app }) => {
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
  const before = await storedTickets(app.page)
  await app.restart()
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThanOrEqual(before)
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${theme} theme, at 800 by 600 too`, async ({ app }) => {
    const { page } = app
    await app.clickMenu(`theme-${theme}`)
    await expect.poll(() => barHeights(page)).not.toEqual([])
    for (const size of [undefined, { width: 800, height: 600 }]) {
      if (size !== undefined) await app.resize(size.width, size.height)
      for (const view of ['1', '2', '3', 't']) {
        await page.keyboard.press(view)
        // legacy mode: the stand-in's window is one page, and no other may be opened beside it
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      }
      await page.keyboard.press('t')
    }
  })
}

test('where the system forces its colours, swatches, the chosen view and how far a run is are still seen', async ({
  app,
}) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await page.emulateMedia({ forcedColors: 'active' })
  const ground = await page.evaluate(() => {
    const probe = document.createElement('p')
    probe.style.color = 'Canvas'
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color.replace(/^rgb\((.*)\)$/, '$1').replaceAll(' ', '')
  })
  const swatches = ['Highest', 'High'].map((name) =>
    page.getByRole('button', { name, exact: true }).locator('span').first(),
  )
  const [highest, high] = [await colourOf(swatches[0] as Locator), await colourOf(swatches[1] as Locator)]
  expect(new Set([ground, highest, high]).size).toBe(3)

  const [chosen, other] = [
    await colourOf(viewSwitch(page, 'Bar')),
    await colourOf(viewSwitch(page, 'Histogram')),
  ]
  expect(chosen).not.toBe(other)
  await page.keyboard.press('2')
  await expect.poll(() => colourOf(viewSwitch(page, 'Histogram'))).toBe(chosen)
  expect(await colourOf(viewSwitch(page, 'Bar'))).toBe(other)

  const panel = await openRehearse(page)
  await callCore(page, 'runs.start', { count: 40, minutes: 10, compress: 60, profile: 'even' })
  await expect(panel).toContainText(/(1\d|2\d) of 40 created/)
  await callCore(page, 'runs.pause', {})
  await expect(panel).toContainText('paused')
  const parts = [...(await coloursAcross(page, await boxOf(panel.getByRole('progressbar')))).values()]
  expect(parts.filter((pixels) => pixels > 20)).toHaveLength(2)
})

test('the ring round the view that has the focus is whole', async ({ app }) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await page.getByRole('radio', { name: 'Bar', exact: true }).focus()
  for (const [key, view] of [
    ['ArrowLeft', 'Heat'],
    ['ArrowRight', 'Bar'],
    ['ArrowRight', 'Histogram'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page.getByRole('radio', { name: view, exact: true })).toBeFocused()
    // Two pixels wide, two away.
    const { x, y, width, height } = await boxOf(viewSwitch(page, view))
    const clip = { x: x - 4, y: y - 4, width: width + 8, height: height + 8 }
    const ring = await viewSwitch(page, view).evaluate((node) => getComputedStyle(node).outlineColor)
    await expect(async () => {
      const colourAt = await pixelsOf(page, clip)
      const sides = [
        [clip.width / 2, 1],
        [clip.width / 2, clip.height - 2],
        [1, clip.height / 2],
        [clip.width - 2, clip.height / 2],
      ] as const
      expect(sides.map(([left, top]) => `rgb(${colourAt(left, top).replaceAll(',', ', ')})`)).toEqual(
        sides.map(() => ring),
      )
    }).toPass()
  }
})

test('what ends or deletes something does not look like what begins', async ({ app }) => {
  const { page } = app
  const panel = await openRehearse(page)
  const start = await look(panel.getByRole('button', { name: 'Start run' }))
  await callCore(page, 'runs.start', { count: 2, minutes: 60, profile: 'even' })
  const looks = [await look(panel.getByRole('button', { name: 'Stop' }))]
  await panel.getByRole('button', { name: 'Stop' }).click()
  looks.push(await look(page.getByRole('button', { name: 'Stop run' })))
  await sayYesToStop(page)
  await expect(panel).toContainText(/Stopped/i)

  await callCore(page, 'runs.start', { count: 5, minutes: 1, compress: 600 })
  await expect(panel).toContainText('5 of 5')
  // The run panel, which goes with the dashboard, has buttons of the same names.
  const runs = await openRuns(page)
  await runs.button('Clean up…').click()
  looks.push(await look(page.getByRole('button', { name: 'Delete 5 tickets' })))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a ticket' }).fill('Drop tables')
  await page.keyboard.press('Enter')
  looks.push(await look(page.getByRole('dialog').getByRole('button', { name: 'Drop tables' })))
  expect(looks).not.toContain(start)
  for (const one of looks) expect(isRed(one), one).toBe(true)
})

/** The colours of a button's words and ground. */
function look(button: Locator): Promise<string> {
  return button.evaluate((one) => {
    const { backgroundColor, color } = getComputedStyle(one)
    return `${color} on ${backgroundColor}`
  })
}

/** Whether its words or its ground are red. */
function isRed(colours: string): boolean {
  return [...colours.matchAll(/(\d+), (\d+), (\d+)/g)].some(
    ([, red, green, blue]) => Number(red) > 1.5 * Math.max(Number(green), Number(blue)),
  )
}

/** The colour that most of it has. */
async function colourOf(part: Locator): Promise<string> {
  const colours = await coloursAcross(part.page(), await boxOf(part))
  return [...colours].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? ''
}

function viewSwitch(page: Page, view: string): Locator {
  return page.getByRole('radio', { name: view, exact: true }).locator('xpath=following-sibling::span')
}
