import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { barHeights } from '../fixtures/chart.ts'
import { runCommand } from '../fixtures/command.ts'
import { withServed } from '../fixtures/with-served.ts'

const world = withServed()

async function openDashboard(): Promise<Page> {
  const context = await world().browser.newContext()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  await page.goto(await world().served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

function share(page: Page) {
  return page.getByRole('dialog', { name: 'Share' })
}

/** What a button of Share saves. */
async function saved(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    share(page).getByRole('button', { name: button, exact: true }).click(),
  ])
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) }
}

/** Rows by the names of their columns; no cell of these has a comma. */
function rowsOf(csv: Buffer): Record<string, string>[] {
  const [head = '', ...lines] = csv.toString().trimEnd().split('\n')
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])))
}

test('the command that Share gives prints the numbers of its table, which are those of the chart', async () => {
  const page = await openDashboard()
  await page.getByRole('button', { name: 'Share' }).click()
  const bars = await saved(page, 'Bars as CSV')
  const command = (await share(page).locator('code').textContent()) ?? ''
  expect(bars.name).toMatch(/^jira-tpm-sandbox-\d{8}T\d{6}Z-\d{8}T\d{6}Z-bars\.csv$/)
  const rows = rowsOf(bars.content)
  expect(rows).toHaveLength(60)
  expect(Object.keys(rows[0] ?? {})).toContainEqual(expect.stringMatching(/^from in [A-Z]/))

  const [program, ...args] = command.split(' ')
  expect(program).toBe('jira-tpm')
  const printed = JSON.parse(await runCommand(world().dataDir, [...args, '--json'])) as {
    buckets: { start: string; total: number; byPriority: { name: string; count: number }[] }[]
  }
  expect(printed.buckets.map(({ start }) => start)).toEqual(rows.map(({ from }) => from))
  // The others may have got a ticket since.
  const settled = rows.flatMap((row, at) =>
    row['state'] === 'settled' ? [{ row, bucket: printed.buckets[at] }] : [],
  )
  expect(settled.length).toBeGreaterThan(10)
  for (const { row, bucket } of settled) {
    expect(Number(row['tickets'])).toBe(bucket?.total)
    for (const { name, count } of bucket?.byPriority ?? []) expect(Number(row[name])).toBe(count)
  }
  expect(settled.some(({ row }) => Number(row['tickets']) > 0)).toBe(true)

  const tickets = await saved(page, 'Tickets as CSV')
  const created = tickets.content.toString().match(/^\d+,TPM-\d+,TPM,/gm) ?? []
  const counted = rows.reduce((sum, { tickets: count }) => sum + Number(count), 0)
  expect(created.length).toBeGreaterThanOrEqual(counted)
  expect(created.length).toBeLessThan(counted + 10)
})

test('a picture says what it is of, as PNG of twice the size and as SVG that needs nothing else', async () => {
  const page = await openDashboard()
  await page.getByRole('button', { name: 'Share' }).click()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  const { content: png } = await saved(page, 'PNG')
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2_400, 1_280])

  await share(page).getByRole('radio', { name: 'Dark' }).check()
  const svg = (await saved(page, 'SVG')).content.toString()
  expect(svg).toMatch(
    /\d+ tickets, [A-Z][a-z]{2} \d+ [A-Z][a-z]{2}, \d\d:\d\d( – \w{3} \d+ \w{3}, |–)\d\d:\d\d/,
  )
  expect(svg).toContain('Sandbox · Highest and High · per minute')
  expect(svg).toMatch(/as of .* \d\d:\d\d · times in [A-Z]/)
  expect(svg).not.toMatch(/ style=|<script|href="http/)
  const areas = svg.match(/<path[^>]*js-fill[^>]*fill="rgb[^>]*>/g) ?? []
  // Six points go round each bar.
  expect(areas.join('').match(/[ML]/g)?.length).toBeGreaterThan(5 * 6)
  // As it was, whatever the picture's.
  expect(await page.evaluate(() => document.documentElement.dataset['theme'] ?? 'none')).toBe('none')

  await share(page).getByRole('button', { name: 'Copy picture' }).click()
  await expect(share(page).getByText('The picture is copied.')).toBeVisible()
  const types = await page.evaluate(async () =>
    (await navigator.clipboard.read()).flatMap(({ types: each }) => each),
  )
  expect(types).toEqual(['image/png'])
  expect(problems).toEqual([])
})

test('a picture has the lines of its chart, with what they are', async () => {
  const page = await openDashboard()
  await page.keyboard.press('Escape')
  await page.evaluate(() => void (location.hash = 'from=now-1h&to=now&compare=1d'))
  await expect(page.locator('[data-of="compared"]')).toBeAttached()
  await page.getByRole('button', { name: 'Share' }).click()
  const svg = (await saved(page, 'SVG')).content.toString()
  expect(svg).toMatch(/<path d="M[^"]+" fill="none" stroke="rgb[^"]+" stroke-width="1.5"/)
  expect(svg).toMatch(/>(at least )?\d+ yesterday/)
})

/** What a page has in its address bar after a link that Share copied was opened, and what is shown there. */
async function opened(page: Page, button: string): Promise<{ span: string; now: boolean }> {
  await share(page).getByRole('button', { name: button, exact: true }).click()
  await expect(share(page).getByText(/^The link .*is copied\.$/)).toBeVisible()
  const other = await page.context().newPage()
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()))
  const picker = other.getByRole('navigation', { name: 'Span' })
  await expect(picker.getByRole('button', { name: 'Now' })).toBeEnabled()
  await expect(other.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  const pressed = await picker.getByRole('button', { name: 'Now' }).getAttribute('aria-pressed')
  return { span: await picker.getByRole('button').nth(1).innerText(), now: pressed === 'true' }
}

test('a link goes on with the clock, or stays at the times that were shown', async () => {
  const page = await openDashboard()
  await page.keyboard.press('2')
  await expect(page.getByRole('radio', { name: 'Histogram' })).toBeChecked()
  await page.getByRole('button', { name: 'Share' }).click()
  expect(await opened(page, 'Copy link')).toEqual({ span: 'Last 60 min', now: true })
  const pinned = await opened(page, 'Copy link to these times')
  expect(pinned.span).toMatch(/\d\d:\d\d.*–.*\d\d:\d\d/)
  expect(pinned.now).toBe(false)
})
