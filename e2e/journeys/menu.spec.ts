import { readFile, writeFile } from 'node:fs/promises'
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
  await callCore(app.page, 'runs.start', {})
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

test('the sample hour is loaded, and its hour named', async ({ app }) => {
  await app.clickMenu('data-load-sample')
  await expect.poll(() => lastDialog(app)).toMatch(/The sample hour is stored\. \d+ tickets, .+/)
})

test('the menu offers what can be done with the run', async ({ app }) => {
  await callCore(app.page, 'runs.start', {})
  await expect(async () => await app.clickMenu('run-pause')).toPass()
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

const COLUMNS = 'id,key,projectKey,created,priorityName,title\n'

function row(id: string, created = '2026-03-02T10:30:00Z'): string {
  return `${id},OLD-${id},OLD,${created},High,Imported ${id}\n`
}

test('Export… writes what Import… stored; a file that is none changes nothing, and is reported', async ({
  app,
}) => {
  const file = (name: string): string => path.join(app.dataDir, name)
  const choose = async (item: 'data-import' | 'data-export', chosen: string): Promise<void> => {
    await app.chooseFile(chosen)
    await app.clickMenu(item)
  }
  const exported = async (name: string): Promise<string> => {
    await choose('data-export', file(name))
    await expect.poll(() => lastDialog(app)).toMatch(new RegExp(`\\d+ tickets written to .*${name}`))
    return readFile(file(name), 'utf8')
  }
  await app.clickMenu('data-import') // no file is chosen
  await expect.poll(async () => (await app.dialogs()).map(({ kind }) => kind)).toEqual(['file'])

  await writeFile(file('old.csv'), COLUMNS + row('900001') + row('900002'))
  await choose('data-import', file('old.csv'))
  await expect
    .poll(() => lastDialog(app))
    .toMatch(/2 tickets imported from old\.csv; 0 were there already\. .*2026/)
  expect(await exported('all.csv')).toContain('OLD-900001')
  expect(await exported('all.jsonl')).toContain('"key":"OLD-900002"')

  await writeFile(file('some.csv'), COLUMNS + row('900003') + row('900004', 'never'))
  await choose('data-import', file('some.csv'))
  await expect.poll(() => lastDialog(app)).toContain('some.csv was not imported.')
  expect(await lastDialog(app)).toMatch(
    /1 of 2 rows of some\.csv are no tickets\. Nothing was imported\.\s+line 3: /,
  )
  await writeFile(file('picture.csv'), Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0]))
  await choose('data-import', file('picture.csv'))
  await expect.poll(() => lastDialog(app)).toContain('picture.csv is packed with zip. Nothing was imported.')
  await choose('data-export', file('all.xlsx'))
  await expect
    .poll(() => lastDialog(app))
    .toMatch(/all\.xlsx says no format\. Nothing was exported\. End it in/)
  expect(await exported('after.csv')).not.toMatch(/OLD-90000[34]/)

  await app.answerDialog('Import the other 1')
  await choose('data-import', file('some.csv'))
  await expect.poll(() => lastDialog(app)).toContain('1 ticket imported from some.csv')
  expect(await exported('others.csv')).toContain('OLD-900003')
  expect((await app.progress()).at(-1)).toBe(-1)
  expect((await app.progress()).some((share) => share === 1)).toBe(true)
})

test('saved views are in the menu by their names; a picture of the chart goes to the clipboard', async ({
  app,
}) => {
  const { page } = app
  await expect.poll(() => barHeights(page)).not.toEqual([])
  await callCore(page, 'views.save', { name: 'Six hours', state: { from: 'now-6h', to: 'now' } })
  const span = page.getByRole('navigation', { name: 'Span' })
  await expect(async () => await app.clickMenu('saved-view-1')).toPass()
  await expect(span).toContainText('Last 6 h')
  await expect(app.clickMenu('saved-view-2')).rejects.toThrow('missing')
  // A menu that was made anew knows what can be done with the run.
  await expect(async () => await app.clickMenu('run-start')).toPass()

  await page.getByRole('button', { name: 'Share' }).click()
  const share = page.getByRole('dialog', { name: 'Share' })
  await expect(share).toContainText('Links open in a browser')
  await share.getByRole('button', { name: 'Copy picture' }).click()
  await expect(share.getByText('The picture is copied.')).toBeVisible()
})
