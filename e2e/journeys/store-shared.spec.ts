import { hostname } from 'node:os'
import type { Page } from 'playwright'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import type { TestPostgres } from '../../test-support/store/postgres.ts'
import { ticketsDrawn, whenDrawn } from '../fixtures/chart.ts'
import { measured } from '../fixtures/measured.ts'
import { expect, test as base, watching } from '../fixtures/on-postgres.ts'
import type { RealSite } from '../fixtures/real-site.ts'
import { startSecondProgram, type SecondProgram } from '../fixtures/second-program.ts'
import { showsTruth, watchedOfHour } from '../fixtures/truth.ts'
import { openFormOnSite, openRehearse } from '../fixtures/run-menu.ts'

/** What one program stores, every other shows within so long. */
const NEWS_MS = 1_000
/** Within so long after the end of the one that fetches another one does. */
const TAKEOVER_MS = 10_000

/** The window's program is started when another one fetches already: `other`, a dashboard on the same server and Jira. */
const test = base.extend<{ other: SecondProgram }>({
  postgres: async ({ postgres }, run) => {
    await postgres.restart({ track_commit_timestamp: 'on' })
    await run(postgres)
  },
  other: async ({ site, postgres }, run) => {
    const program = await startSecondProgram(
      { syncIntervalSeconds: 1 },
      { ...watching(site), DATABASE_URL: postgres.url() },
    )
    try {
      await showsTruth(program.page, site)
      await run(program)
    } finally {
      await program.stop()
    }
  },
  config: async ({ config, other: _first }, run) => {
    await run(config)
  },
})

// Two programs, each with a Chromium of its own.
test.describe.configure({ timeout: 60_000 })

/** Whether the status line says that another machine fetches. */
function follows(page: Page): Promise<void> {
  return expect(page.getByRole('contentinfo')).toContainText(`ago by ${hostname()}`)
}

function fetchesItself(page: Page): Promise<void> {
  return expect(page.getByRole('contentinfo')).not.toContainText(`by ${hostname()}`)
}

/** Creates a ticket in the Jira, and gives the key. */
async function makeTicket(site: RealSite): Promise<string> {
  return (await site.add({ summary: 'Seen by all', priority: { id: '1' } })).key
}

/** When the server committed the ticket, as epoch ms of this machine. */
async function committedMs(server: TestPostgres, key: string): Promise<number> {
  const [row] = await queryOnce(
    server.url(),
    'SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS ms FROM jira_tpm.tickets WHERE key = $1',
    [key],
  )
  return Number(row?.['ms'])
}

test('a ticket is in every chart at once, and only one program fetches', async ({
  app,
  other,
  site,
  postgres,
}) => {
  const pages = [other.page, app.page] as const
  await showsTruth(app.page, site)
  await fetchesItself(other.page)
  await follows(app.page)

  const tookMs: number[] = []
  for (let n = 0; n < 5; n++) {
    const { length } = await watchedOfHour(site)
    const drawn = pages.map((page) => whenDrawn(page, length + 1))
    const key = await makeTicket(site)
    const drawnMs = await Promise.all(drawn)
    const atMs = await committedMs(postgres, key)
    tookMs.push(...drawnMs.map((ms) => ms - atMs))
  }
  measured('from the commit to both charts, the slowest of 10', Math.max(...tookMs))
  expect(Math.max(...tookMs)).toBeLessThan(NEWS_MS)
  expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(-1) // the same clock, but rounded to ms
  for (const page of pages) await showsTruth(page, site)
})

for (const { name, end, what } of [
  { name: 'is killed', end: 'kill', what: 'SIGKILL' },
  { name: 'hangs', end: 'stall', what: 'SIGSTOP' },
] as const) {
  test(`when the program that fetches ${name}, another one does`, async ({ app, other, site }) => {
    const { page } = app
    await showsTruth(page, site)
    await follows(page)

    const before = await ticketsDrawn(page)
    const drawn = whenDrawn(page, before + 1)
    const endedMs = Date.now()
    other[end]()
    await makeTicket(site)
    const tookMs = (await drawn) - endedMs
    measured(`from ${what} to a new ticket in the other chart`, tookMs)
    expect(tookMs).toBeLessThan(TAKEOVER_MS)
    await fetchesItself(page)
    await showsTruth(page, site)

    if (end === 'kill') return
    other.continue()
    await follows(other.page)
    await makeTicket(site)
    for (const each of [page, other.page]) await showsTruth(each, site)
  })
}

test('a run that one program works on is shown by the other as it goes', async ({ app, other, site }) => {
  await showsTruth(app.page, site)
  const panel = await openFormOnSite(app.page, site)
  const panelOfOther = await openRehearse(other.page)
  await panel.getByLabel('Tickets').fill('10')
  await panel.getByLabel('Minutes').fill('0.1')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Start run' }).click()

  await expect(panelOfOther).toContainText(/[1-9] of 10 created/)
  await expect(panelOfOther).toContainText(`Jira TPM on ${hostname()} works on it.`)
  for (const each of [panel, panelOfOther])
    await expect(each).toContainText('Done: 10 of 10 tickets made.', { timeout: 15_000 })
  for (const page of [app.page, other.page]) {
    await page.getByRole('tab', { name: 'Tickets' }).click()
    await showsTruth(page, site)
  }
})
