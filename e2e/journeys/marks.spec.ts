import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

async function openDashboard(fragment = ''): Promise<Page> {
  const context = await world().browser.newContext()
  const page = await context.newPage()
  await page.goto(`${await world().served.link()}${fragment}`)
  await expect(page.locator('.js-plotly-plot')).toHaveCount(1)
  return page
}

function flags(page: Page) {
  return page.getByRole('group', { name: 'Marks' }).getByRole('button')
}

test('A marks the bars that are chosen; the flag is there for everybody, is changed and removed', async () => {
  const page = await openDashboard()
  const other = await openDashboard()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Shift+ArrowLeft')
  const readout = page.locator('figure').getByText(/\d tickets?$/)
  await expect(readout).toBeVisible()
  await page.keyboard.press('a')
  const form = page.getByRole('form', { name: /^Mark \d\d:\d\d/ })
  const text = form.getByRole('textbox', { name: /^What happened at/ })
  await expect(text).toBeFocused()
  await expect(readout).toHaveCount(0)
  await expect(form.getByRole('textbox', { name: 'Until' })).toHaveValue(/^\d\d:\d\d$/)
  await page.keyboard.type('deploy 5.17')
  await page.keyboard.press('Enter')
  await expect(form).toHaveCount(0)
  await expect(flags(page)).toHaveAccessibleName(/^1 mark: \d\d:\d\d–\d\d:\d\d deploy 5.17$/)
  // A window of the team shows it at once, also in its table.
  await expect(flags(other)).toHaveAccessibleName(/deploy 5.17/)
  await other.keyboard.press('t')
  await expect(other.getByRole('cell', { name: 'deploy 5.17' })).toHaveCount(1)

  await flags(page).click()
  await page.getByRole('button', { name: 'Change deploy 5.17' }).click()
  const change = page.getByRole('form', { name: 'Change the mark' })
  await change.getByRole('textbox', { name: /^What happened/ }).fill('deploy 5.17, rolled back')
  await change.getByRole('checkbox', { name: 'Incident' }).check()
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByRole('cell', { name: 'incident: deploy 5.17, rolled back' })).toHaveCount(1)
  await page.getByRole('button', { name: 'Remove deploy 5.17, rolled back…' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(flags(page)).toHaveCount(0)
})

test('what cannot be marked is said in the form, and Escape leaves it; the heat view has it, too, and no table', async () => {
  const page = await openDashboard()
  const form = page.getByRole('form', { name: 'Mark now' })
  const asTable = page.getByRole('button', { name: 'Show a table' })
  await expect(asTable).toBeVisible()
  await page.keyboard.press('4')
  await expect(asTable).toBeHidden()
  await page.keyboard.press('a')
  await expect(form).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(form).toHaveCount(0)
  await page.keyboard.press('1')
  await page.keyboard.press('a')
  await form.getByRole('textbox', { name: 'What happened now' }).fill('x')
  await form.getByRole('textbox', { name: 'Until' }).fill('now-1h')
  await page.keyboard.press('Enter')
  await expect(form.getByRole('alert')).toContainText('The mark ends before it begins.')
  await page.keyboard.press('Escape')
  await expect(form).toHaveCount(0)
})

test('a command’s mark is found by words, and marks side by side are one flag with their number', async () => {
  const page = await openDashboard('&from=now-24h&to=now')
  const { dataDir } = world()
  for (const n of [1, 2]) await runCommand(dataDir, ['mark', `restart ${n}`, '--at', `now-${n}m`])
  await expect(flags(page)).toHaveAccessibleName(/^2 marks: .* restart 2, .* restart 1$/)
  await expect(flags(page)).toHaveText('2')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Find a ticket' })).toBeFocused()
  await page.keyboard.type('restart 1')
  await expect(page.getByRole('option', { name: /^Mark\s*restart 1/ })).toHaveCount(1)
})

test('the flag of a mark that was made just now does not cover the word that says where now is', async () => {
  const page = await openDashboard()
  const word = page.getByRole('figure').getByText('now', { exact: true })
  const before = await word.boundingBox()
  await page.keyboard.press('a')
  await page.getByRole('textbox', { name: 'What happened now' }).fill('deploy 5.18')
  await page.keyboard.press('Enter')
  await expect(flags(page)).toHaveCount(1)
  const [said, flag] = [await word.boundingBox(), await flags(page).boundingBox()]
  if (before === null || said === null || flag === null) throw new Error('They are not drawn')
  expect(before.x).toBeLessThan(flag.x + flag.width)
  expect(said.x).toBeGreaterThanOrEqual(flag.x + flag.width)
  const side = await page.getByRole('tablist', { name: 'Panel' }).boundingBox()
  expect(said.x + said.width).toBeLessThanOrEqual(side?.x ?? 0)
})
