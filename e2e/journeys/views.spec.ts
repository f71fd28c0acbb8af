import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { barHeights } from '../fixtures/chart.ts'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

async function openDashboard(fragment = ''): Promise<Page> {
  const context = await world().browser.newContext()
  const page = await context.newPage()
  await page.goto(`${await world().served.link()}${fragment}`)
  await expect(page.getByRole('navigation', { name: 'Span' })).not.toContainText(/^$/)
  await expect(page.locator('.js-plotly-plot')).toHaveCount(1)
  return page
}

function span(page: Page) {
  return page.getByRole('navigation', { name: 'Span' })
}

async function openViews(page: Page) {
  const views = page.getByRole('dialog', { name: 'Views' })
  if (!(await views.isVisible())) await page.getByRole('button', { name: 'Views', exact: true }).click()
  return views
}

async function save(page: Page, name: string): Promise<void> {
  const views = await openViews(page)
  await views.getByRole('textbox', { name: 'Name of the view' }).fill(name)
  await page.keyboard.press('Enter')
}

test('a view is what is shown, under a name, for everybody; saved once, replaced by who has seen it, deleted when asked', async () => {
  const page = await openDashboard('&from=now-6h&to=now&view=histogram')
  await expect(span(page)).toContainText('Last 6 h')
  await save(page, 'Six hours')
  const saved = (await openViews(page)).getByRole('listitem')
  await expect(saved).toHaveText([/Six hours.*Last 6 h.*histogram/])

  // Another window of the team is told, and opens it as a link would.
  const other = await openDashboard()
  await expect(span(other)).toContainText('Last 60 min')
  const list = await openViews(other)
  await save(page, 'Evening')
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await list.getByRole('button', { name: /^Six hours/ }).click()
  await expect(span(other)).toContainText('Last 6 h')
  await expect(other.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  expect(other.url()).toContain('from=now-6h')
  await other.goBack()
  await expect(span(other)).toContainText('Last 60 min')

  await other.keyboard.press('Control+k')
  const field = other.getByRole('combobox', { name: 'Find a ticket' })
  await expect(field).toBeFocused()
  await other.keyboard.type('six hours')
  await other.keyboard.press('Enter')
  await expect(span(other)).toContainText('Last 6 h')

  const printed = await runCommand(world().dataDir, ['views'])
  expect(printed).toMatch(/^Six hours +now-6h +now/m)

  const views = await openViews(page)
  await views.getByRole('button', { name: 'Delete Six hours…' }).click()
  await expect(views.getByText('Delete “Six hours” for everybody who shares this store?')).toBeVisible()
  await expect(views.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await views.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(views.getByRole('listitem')).toHaveCount(1)
  await expect((await openViews(other)).getByRole('listitem')).toHaveCount(1)
})

test('two who save under one name: the second is told, and the first view is as it was', async () => {
  const page = await openDashboard()
  // A window that has not heard of it yet.
  await page.route('**/api/views.save', async (route) => {
    await runSave('Storm')
    await route.continue()
  })
  await save(page, 'Storm')
  const views = await openViews(page)
  await expect(views.getByRole('alert')).toContainText('The view “Storm” was saved by another window')
  await expect(views.getByRole('listitem')).toHaveText([/Storm.*Last 2 h/])
  await expect(views.getByRole('textbox', { name: 'Name of the view' })).toHaveValue('Storm')
  // It has been seen by now.
  await page.unroute('**/api/views.save')
  await views.getByRole('button', { name: 'Replace' }).click()
  await expect(views.getByRole('listitem')).toHaveText([/Storm.*Last 60 min/])
  await expect.poll(() => barHeights(page)).not.toEqual([])
})

/** What another window saves. */
async function runSave(name: string): Promise<void> {
  const token = JSON.parse(
    await runCommand(world().dataDir, ['token', 'create', '--scope', 'run', '--name', 'other', '--json']),
  ) as { token: string }
  const response = await fetch(`${await world().served.url()}/api/views.save`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, state: { from: 'now-2h', to: 'now' } }),
  })
  expect(response.status).toBe(200)
}
