import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { isoInstant, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { ticketsDrawn } from '../fixtures/chart.ts'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed({ sandbox: { historyTickets: 2_000, historyHours: 24 } })

const HOUR_MS = 60 * MS_PER_MINUTE

/** Shows six hours of the past, which stay as they are. */
async function openHours(
  more = '',
  options: Parameters<ReturnType<typeof world>['browser']['newContext']>[0] = {},
) {
  const page = await (await world().browser.newContext(options)).newPage()
  await page.goto(await world().served.link())
  const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS
  await expect(
    page
      .getByRole('button', { name: 'Compare', exact: true })
      .or(page.getByRole('button', { name: 'More' }))
      .first(),
  ).toBeVisible()
  const span = `from=${isoInstant(toMs - 6 * HOUR_MS)}&to=${isoInstant(toMs)}`
  await page.evaluate((hash) => (location.hash = hash), `${span}&view=histogram${more}`)
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  return { page, span: ['--from', isoInstant(toMs - 6 * HOUR_MS), '--to', isoInstant(toMs)] }
}

interface Printed {
  readonly buckets: readonly { readonly total: number }[]
  readonly split?: { readonly parts: readonly { readonly value: string | null; readonly total: number }[] }
}

async function printed(args: readonly string[]): Promise<Printed> {
  return JSON.parse(await runCommand(world().dataDir, [...args, '--json'])) as Printed
}

async function counted(args: readonly string[]): Promise<number> {
  return sum((await printed(['counts', ...args])).buckets.map(({ total }) => total))
}

/** The number above the chart. */
function headline(page: Page): Locator {
  return page.getByRole('region', { name: 'Tickets by minute' }).locator('strong').first()
}

const numberText = (count: number): string => count.toLocaleString('en-GB')
const filterLine = (page: Page): Locator => page.getByRole('group', { name: 'Filter', exact: true })
const fields = (page: Page): Locator => page.getByRole('group', { name: 'Fields of these tickets' })

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}

/** The words of a command line, as a shell takes them. */
function wordsOf(command: string): string[] {
  return (command.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''))
}

test('a legend entry leaves its tickets alone everywhere, again all, and with Shift hides them', async () => {
  const { page, span } = await openHours()
  const [all, high] = [await counted(span), await counted([...span, '--only', 'priority=High'])]
  await expect(headline(page)).toHaveText(numberText(all))
  const entry = page.getByRole('button', { name: 'High', exact: true })
  await entry.click()
  await expect(headline(page)).toHaveText(numberText(high))
  await expect(entry).toHaveAttribute('aria-pressed', 'true')
  await expect(filterLine(page)).toContainText('priority High')
  await expect.poll(() => ticketsDrawn(page)).toBe(high)
  await expect(page.getByText(`${numberText(high)} tickets`, { exact: true })).toBeVisible()
  await expect(page.getByRole('feed')).not.toContainText('Highest')
  expect(page.url()).toContain('only=priority=High')

  await page.goBack()
  await expect(headline(page)).toHaveText(numberText(all))
  await expect(filterLine(page)).toHaveCount(0)
  await page.goForward()
  await expect(headline(page)).toHaveText(numberText(high))
  await entry.click()
  await expect(headline(page)).toHaveText(numberText(all))

  await entry.focus()
  await page.keyboard.press('Shift+Enter')
  await expect(headline(page)).toHaveText(numberText(all - high))
  await expect(page.getByRole('button', { name: 'High hidden', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Show all tickets' }).click()
  await expect(headline(page)).toHaveText(numberText(all))
})

test('chips say how many there are of each field, and leave the same tickets as the command line', async () => {
  const { page, span } = await openHours()
  await page.getByRole('button', { name: 'All fields' }).click()
  const { split } = await printed(['counts', ...span, '--split', 'type'])
  const types = fields(page).getByRole('group', { name: 'Type', exact: true })
  for (const { value, total } of split?.parts ?? []) await expect(types).toContainText(`${value} ${total}`)
  await expect(fields(page).getByRole('group', { name: 'Reporter' })).toContainText(
    /^Reporter\d+ (person|people)/,
  )
  await expect(fields(page)).not.toContainText(/[0-9a-f]{16}/)
  await expect(fields(page).getByRole('group', { name: 'Component' })).toContainText(
    'a ticket may have several',
  )
  await expect(fields(page).getByRole('group', { name: 'Origin' })).toContainText(/real \d+/)

  await types.getByRole('button', { name: /^Bug/ }).click()
  const bugs = await counted([...span, '--only', 'type=Bug'])
  await expect(headline(page)).toHaveText(numberText(bugs))
  // The others can still be chosen instead.
  await expect(types.getByRole('button', { name: /^Task/ })).toBeVisible()
  await expect(types.getByRole('button', { name: /^Bug/ })).toHaveAttribute('aria-pressed', 'true')

  await page.getByRole('searchbox').fill('zzz no such title')
  await expect(page.getByText('0 found')).toBeVisible()
})

test('the command that Share gives, its table and the list have the numbers of the filter', async () => {
  const { page } = await openHours('&only=type!=Bug,rehearsed=no&split=type')
  await page.getByRole('button', { name: 'Share' }).click()
  const share = page.getByRole('dialog', { name: 'Share' })
  const command = (await share.locator('code').textContent()) ?? ''
  expect(command).toContain(`--only 'type!=Bug' --only rehearsed=no --split type`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    share.getByRole('button', { name: 'Bars as CSV' }).click(),
  ])
  const [head = '', ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
  const names = head.split(',')
  const columns = (name: string): number[] =>
    lines.map((line) => Number(line.split(',')[names.indexOf(name)]))
  const { buckets, split } = await printed(wordsOf(command).slice(1))
  expect(columns('tickets')).toEqual(buckets.map(({ total }) => total))
  expect(sum(columns('tickets'))).toBeGreaterThan(10)
  for (const { value, total } of split?.parts ?? []) expect(sum(columns(value ?? ''))).toBe(total)
  expect(names).not.toContain('Bug')

  const [tickets] = await Promise.all([
    page.waitForEvent('download'),
    share.getByRole('button', { name: 'Tickets as CSV' }).click(),
  ])
  const rows = (await readFile(await tickets.path(), 'utf8')).match(/^\d+,TPM-\d+,TPM,/gm) ?? []
  expect(rows).toHaveLength(sum(columns('tickets')))
})

test('colours are of one field; bars of what a ticket may have several of say that they may add up to more', async () => {
  const { page, span } = await openHours()
  await page.getByLabel('Colour by').selectOption('Component')
  await expect(page.getByText('a ticket may have several: bars may add up to more')).toBeVisible()
  const { split } = await printed(['counts', ...span, '--split', 'component'])
  const together = sum((split?.parts ?? []).map(({ total }) => total))
  await expect.poll(() => ticketsDrawn(page)).toBe(together)
  await expect(headline(page)).toHaveText(numberText(await counted(span)))
  expect(page.url()).toContain('split=component')
  await page.reload()
  await expect(page.getByLabel('Colour by')).toHaveValue('component')
  await page.getByLabel('Colour by').selectOption('Priority')
  await expect.poll(() => ticketsDrawn(page)).toBe(await counted(span))
})

test('those that have none of a field are left alone by the legend, and counted as by the command line', async () => {
  const { page, span } = await openHours()
  await page.getByLabel('Colour by').selectOption('Component')
  await page.getByRole('button', { name: 'no component' }).first().click()
  const only = await counted([...span, '--only', 'component='])
  expect(only).toBeGreaterThan(0)
  expect(only).toBeLessThan(await counted(span))
  await expect(headline(page)).toHaveText(numberText(only))
  await expect(page.getByRole('group', { name: 'Filter' })).toContainText('no component')
  expect(page.url()).toContain('only=component=&')
  await page.reload()
  await expect(headline(page)).toHaveText(numberText(only))
})

test('a ticket that comes is in the chart of its kind, and in no other', async () => {
  const page = await (await world().browser.newContext()).newPage()
  await page.goto(await world().served.link())
  await expect(headline(page)).not.toHaveText('–')
  await page.evaluate(() => (location.hash = 'only=rehearsed=yes&view=bar'))
  await expect(page.getByText(/^No tickets .*: made by a run\./)).toBeVisible()
  await expect(headline(page)).toHaveText('0')
  const run = ['create-tickets', '--count', '3', '--minutes', '0.1', '--only-watched', '--types', 'Task']
  expect(await runCommand(world().dataDir, run)).toMatch(
    /3 of 3 tickets created\. Planned for the chart 3, charted \d/,
  )
  await page.keyboard.press('f')
  await expect(headline(page)).toHaveText('3')
  await expect(page.getByRole('feed').getByRole('article')).toHaveCount(3)
  await page.evaluate(() => (location.hash = 'only=rehearsed=yes,type=Bug&view=bar'))
  await expect(page.getByText('No tickets of type Bug, made by a run')).toBeVisible()
})

test('an address of a project that is gone says so, and leads back to all; one that is none is said to be none', async () => {
  const { page } = await openHours('&only=project=GONE')
  await expect(page.getByText(/^No tickets of project GONE /)).toBeVisible()
  await expect(page.getByText('Only', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Show all tickets' }).first().click()
  await expect(headline(page)).not.toHaveText('0')
  await page.evaluate(() => (location.hash = 'only=colour=red'))
  await expect(page.getByRole('alert')).toContainText('The address has “colour=red” as only.')
  await expect(headline(page)).not.toHaveText('0')
})

test('a saved view keeps filter and colours', async () => {
  const { page, span } = await openHours('&only=type=Bug&split=type')
  const bugs = numberText(await counted([...span, '--only', 'type=Bug']))
  await expect(headline(page)).toHaveText(bugs)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Name of the view').fill('Bugs')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Saved views' })).toContainText('only type Bug, by type')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Show all tickets' }).click()
  await expect(headline(page)).not.toHaveText(bugs)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('list', { name: 'Saved views' }).getByRole('button', { name: /Bugs/ }).first().click()
  await expect(headline(page)).toHaveText(bugs)
})

test('a finger that rests on a chip hides its tickets', async () => {
  const { page, span } = await openHours('', { hasTouch: true, viewport: { width: 420, height: 800 } })
  const entry = page.getByRole('button', { name: 'High', exact: true })
  await entry.scrollIntoViewIfNeeded()
  const box = await entry.boundingBox()
  if (box === null) throw new Error('The legend has no entry.')
  const client = await page.context().newCDPSession(page)
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
  await expect(page.getByRole('button', { name: 'High hidden', exact: true })).toBeVisible()
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect(headline(page)).toHaveText(numberText(await counted([...span, '--only', 'priority!=High'])))
})
