import path from 'node:path'
import type { Page } from 'playwright'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { ticketsOfHour } from '../fixtures/dashboard-page.ts'
import { lookAt } from '../fixtures/look.ts'
import { expect, test as base } from '../fixtures/on-postgres.ts'

/** The app’s server has a replica, from before the first start. */
const test = base.extend<{ replica: TestPostgres }>({
  replica: async ({ postgres }, run) => {
    await postgres.kill()
    const replica = await startPostgres({ standbyOf: postgres })
    await postgres.restart()
    await run(replica)
    await replica.stop()
  },
  appEnv: async ({ appEnv, postgres, replica }, run) => {
    await run({ ...appEnv, DATABASE_URL: postgres.url(), DATABASE_REPLICA_URL: replica.url() })
  },
})

const asOf = (page: Page) => page.getByRole('main').getByText(/^As of /)

async function choose(page: Page, span: string): Promise<void> {
  const picker = page.getByRole('navigation', { name: 'Span' })
  await picker.getByRole('button').nth(1).click()
  await page.getByRole('dialog', { name: 'Choose a span' }).getByRole('button', { name: span }).click()
}

test('a long span says of when it is while the replica lags, catches up by itself, and is the primary’s where the replica is gone', async ({
  app,
  site,
  replica,
}) => {
  const { page } = app
  await choose(page, 'Last 7 days')
  const { length: before } = await site.watched()
  await expect.poll(() => ticketsOfHour(page)).toBe(before)
  await expect(asOf(page)).toHaveCount(0)

  await app.chooseFile(path.join(app.dataDir, 'all.csv'))
  await app.clickMenu('data-export')
  await expect
    .poll(async () => (await app.dialogs()).at(-1)?.detail)
    .toMatch(/written to .*all\.csv\. As of .*, read from the replica 127\.0\.0\.1:\d+\/postgres\.$/)

  await queryOnce(replica.url(), 'SELECT pg_wal_replay_pause()')
  await site.add({ priority: { id: '1' } })
  await expect(asOf(page)).toContainText(
    /: the replica 127\.0\.0\.1:\d+\/postgres is .* behind the primary\.$/,
  )
  expect(await ticketsOfHour(page)).toBe(before)
  await lookAt(app, 'replica-lags')
  await choose(page, 'Last 60 min')
  await expect(asOf(page)).toHaveCount(0)
  const shortly = await ticketsOfHour(page)

  await choose(page, 'Last 7 days')
  await expect(asOf(page)).toBeVisible()
  await queryOnce(replica.url(), 'SELECT pg_wal_replay_resume()')
  await expect(asOf(page)).toHaveCount(0)
  await expect.poll(() => ticketsOfHour(page)).toBe(before + 1)
  expect(shortly).toBeGreaterThan(0)

  await replica.kill()
  await site.add({ priority: { id: '1' } })
  await expect.poll(() => ticketsOfHour(page)).toBe(before + 2)
  await expect(asOf(page)).toContainText(
    /nothing answers at that address, so the primary is read in its place\.$/,
  )
  await lookAt(app, 'replica-away')
})
