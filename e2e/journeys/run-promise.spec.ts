import { chromium, type Page } from 'playwright'
import { expect, test } from '../fixtures/app.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { runCommand } from '../fixtures/command.ts'
import { callCore } from '../fixtures/core.ts'
import { openFormByMenu, openRehearse } from '../fixtures/run-menu.ts'
import { serveDashboard } from '../fixtures/served.ts'

const TICKETS = 40

test('a run that is started in the window, killed, resumed on the command line and audited in the browser is whole', async ({
  app,
}) => {
  const runId = await startRun(app.page, () => openFormByMenu(app))
  await expect
    .poll(async () => (await callCore(app.page, 'runs.get', { runId })).created, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(8)
  const { created } = await callCore(app.page, 'runs.get', { runId })
  expect(created).toBeLessThan(TICKETS)
  await app.kill()

  const resumed = JSON.parse(await runCommand(app.dataDir, ['resume', '--json'])) as object
  expect(resumed).toMatchObject({ run: runId, planned: TICKETS, created: TICKETS })

  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  const served = serveDashboard(app.dataDir)
  try {
    const page = await browser.newPage()
    await page.goto(await served.link())
    const done = `Done: ${TICKETS} of ${TICKETS} tickets made.`
    await expect(await openRehearse(page)).toContainText(done)
    await page.keyboard.press('Shift+R')
    await page.getByRole('button', { name: `${TICKETS} of ${TICKETS}` }).click()
    await page.getByRole('button', { name: 'Audit', exact: true }).click()
    const audit = page.getByRole('region', { name: 'Audit' })
    await expect(audit).toContainText('Nothing lost', { timeout: 30_000 })
    expect(await callCore(page, 'audit.run', { runId })).toMatchObject({
      planned: TICKETS,
      created: TICKETS,
      missing: [],
      extra: [],
      ok: true,
    })
  } finally {
    await browser.close()
    await served.interrupt()
  }
})

/** Starts twenty minutes' worth of tickets by the form, at sixty times the clock's pace; gives the run's id. */
async function startRun(page: Page, openForm: () => Promise<void>): Promise<string> {
  const panel = page.getByRole('region', { name: 'Run', exact: true })
  await openForm()
  const fields = { Tickets: String(TICKETS), Minutes: '20', Seed: '7' }
  for (const [label, value] of Object.entries(fields)) {
    await panel.getByLabel(label, { exact: true }).fill(value)
  }
  await panel.getByLabel('Speed').selectOption('60 ×')
  await panel.getByRole('button', { name: 'Start run' }).click()
  await expect.poll(async () => (await callCore(page, 'runs.current', {}))?.planned).toBe(TICKETS)
  const run = await callCore(page, 'runs.current', {})
  if (run === null) throw new Error('There is no run')
  return run.runId
}
