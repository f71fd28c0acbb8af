import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Locator, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { boxOf, finger, mouse, type Pointer } from '../fixtures/brush.ts'
import { barHeights } from '../fixtures/chart.ts'
import { runCommand } from '../fixtures/command.ts'
import { callCore } from '../fixtures/core.ts'
import { expectNoOverflow } from '../fixtures/overflow.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

const large = { viewport: { width: 1_280, height: 800 } }
const phone = { viewport: { width: 420, height: 800 }, hasTouch: true, isMobile: true }

/** The chart in bars of 5 minutes, with a rule of 6 tickets in as many. */
async function openWithRule(options: BrowserContextOptions): Promise<Page> {
  const page = await (await world().browser.newContext(options)).newPage()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await callCore(page, 'alerts.add', { scope: {}, condition: { kind: 'at-least', tickets: 6, minutes: 5 } })
  await page.getByRole('button', { name: '6 in 5 min: show in bars of 5 min' }).click()
  await expect(lineOf(page)).toHaveAttribute('aria-valuetext', 'At least 6 tickets in 5 min')
  return page
}

const lineOf = (page: Page): Locator => page.getByRole('slider', { name: /^Rule .*: tickets$/ })

async function saved(page: Page): Promise<unknown> {
  const { rules } = await callCore(page, 'alerts.list', {})
  return rules.map(({ name, condition }) => `${name}: ${'tickets' in condition && condition.tickets}`)
}

async function pull(page: Page, pointer: Pointer, byPx: number): Promise<void> {
  const box = await boxOf(lineOf(page))
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await pointer.down(x, y)
  for (let step = 1; step <= 5; step++) await pointer.move(x, y + (byPx * step) / 5)
}

for (const [name, make, options] of [
  ['mouse', mouse, large],
  ['finger', finger, phone],
] as const) {
  test(`a ${name} pulls the line: it says what would have been, and changes the rule when it is let go`, async () => {
    const page = await openWithRule(options)
    const pointer = await make(page)
    await pull(page, pointer, 40)
    const would = page.getByRole('status').filter({ hasText: /: would (not )?have fired/ })
    await expect(would).toBeVisible()
    const tickets = Number(await lineOf(page).getAttribute('aria-valuenow'))
    expect(tickets).toBeLessThan(6)
    await expect(would).toContainText(`At least ${tickets} ticket`)
    expect(await saved(page)).toEqual(['At least 6 tickets in 5 min: 6'])
    await expectNoOverflow(page)
    await pointer.up()
    const text = `At least ${tickets} ticket${tickets === 1 ? '' : 's'} in 5 min`
    await expect.poll(() => saved(page)).toEqual([`${text}: ${tickets}`])
    await expect(lineOf(page)).toHaveAttribute('aria-valuenow', String(tickets))
  })
}

test('keys move it; Esc undoes, Enter and leaving commit; what fails is said, and it goes back', async () => {
  const page = await openWithRule(large)
  const line = lineOf(page)
  await line.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('PageUp')
  await expect(line).toHaveAttribute('aria-valuenow', '17')
  await page.keyboard.press('Escape')
  await expect(line).toHaveAttribute('aria-valuenow', '6')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect.poll(() => saved(page)).toEqual(['At least 7 tickets in 5 min: 7'])
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Tab')
  await expect.poll(() => saved(page)).toEqual(['At least 8 tickets in 5 min: 8'])
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])

  // Another rule has the name that this one would get.
  await callCore(page, 'alerts.add', { scope: {}, condition: { kind: 'at-least', tickets: 9, minutes: 5 } })
  await expect(line).toHaveCount(2)
  await line.first().focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'At least 9 tickets in 5 min' })).toBeVisible()
  await expect(line.first()).toHaveAttribute('aria-valuenow', '8')
})

test('who may only read sees the line, and nothing to pull', async () => {
  await openWithRule(large)
  const { link } = JSON.parse(
    await runCommand(world().dataDir, ['token', 'link', '--scope', 'read', '--json']),
  )
  const page = await (await world().browser.newContext(large)).newPage()
  await page.goto(link)
  await page.getByRole('button', { name: '6 in 5 min: show in bars of 5 min' }).click()
  await expect(page.getByRole('group', { name: 'Fixed rules' })).toHaveText('6 in 5 min')
  await expect(lineOf(page)).toHaveCount(0)
})
