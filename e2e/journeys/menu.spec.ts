import path from 'node:path'
import { expect, test, type TestedApp } from '../fixtures/app.ts'
import { barHeights } from '../fixtures/chart.ts'
import { callCore } from '../fixtures/core.ts'
import { openFormByMenu, stopByMenu } from '../fixtures/run-menu.ts'

async function lastDialog(app: TestedApp): Promise<string> {
  const last = (await app.dialogs()).at(-1)
  return last ? `${last.message} ${last.detail}` : ''
}

test('tables are dropped only after a yes, and what needs them then says so', async ({ app }) => {
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
  await expect(async () => await app.clickMenu('run-pause')).toPass() // nothing is dropped under a run
  await expect.poll(async () => (await callCore(app.page, 'runs.current', {}))?.state).toBe('paused')

  await app.clickMenu('data-drop-tables') // unanswered: closed
  await expect.poll(() => lastDialog(app)).toContain('Drop the tables of fetched tickets?')
  expect(await barHeights(app.page)).not.toEqual([])

  await app.answerDialog('Drop tables')
  await app.clickMenu('data-drop-tables')
  await expect.poll(() => lastDialog(app)).toContain('The tables were dropped.')
  await expect.poll(() => barHeights(app.page)).toEqual([])

  await app.clickMenu('fetch-now')
  await expect.poll(async () => (await app.dialogs()).length).toBe(4)
  expect(await lastDialog(app)).toMatch(/tables/)

  await app.clickMenu('data-create-tables')
  await expect.poll(() => lastDialog(app)).toContain('The tables were created.')
  await app.clickMenu('fetch-now')
  await expect.poll(() => barHeights(app.page)).not.toEqual([])
})

test('the sample hour is loaded, and its hour told', async ({ app }) => {
  await app.clickMenu('data-load-sample')
  await expect.poll(() => lastDialog(app)).toMatch(/The sample hour is stored\. \d+ tickets, .+/)
})

test('the menu offers what can be done with the run', async ({ app }) => {
  await expect(async () => await app.clickMenu('run-pause')).toPass() // the demo's run is under way
  const state = async (): Promise<string | undefined> => (await callCore(app.page, 'runs.current', {}))?.state
  await expect(async () => {
    await app.clickMenu('run-resume')
    await expect.poll(state, { timeout: 2_000 }).toBe('running')
  }).toPass()
  await expect(app.clickMenu('run-clean-up')).rejects.toThrow('disabled')
  await stopByMenu(app)
  await openFormByMenu(app)
  await app.clickMenu('run-audit')
  await expect(app.page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(app.clickMenu('run-resume')).rejects.toThrow('disabled')
  expect(await app.dialogs()).toEqual([])
})

test('Help opens the folder of the logs', async ({ app }) => {
  await app.clickMenu('open-logs')
  await expect.poll(() => app.opened()).toEqual([path.join(app.dataDir, 'logs')])
})
