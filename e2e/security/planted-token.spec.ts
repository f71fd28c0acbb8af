import { mergeTests } from 'playwright/test'
import type { Reply } from '../../src-shared/contract/dispatch.ts'
import type { MethodName } from '../../src-shared/contract/methods.ts'
import type { CleanUp, CleanUpPreview } from '../../src-shared/contract/runs/clean-up.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { storedTickets } from '../fixtures/dashboard-page.ts'
import { echoes, echoNext } from '../fixtures/echoes.ts'
import { hearWindow } from '../fixtures/heard.ts'
import { filesBelow, plantToken, watchProcesses } from '../fixtures/planted.ts'
import { startRealSite, type RealSite } from '../fixtures/real-site.ts'
import { openSettings } from '../fixtures/settings-page.ts'
import { expect, test as withSite } from '../fixtures/with-site.ts'
import { test as withTemporary } from '../fixtures/with-temporary.ts'
import { fromWireError } from '../../src-shared/errors/app-error.ts'
import { openRehearse } from '../fixtures/run-menu.ts'

/** Not hidden by anybody: where this is found the token would have been found too. */
const control = `control-${crypto.randomUUID()}`
const good = plantToken('good')
const wrong = plantToken('wrong')
const [refusal, ...others] = echoes(control)

/** A Jira that takes the good token. */
const test = mergeTests(withSite, withTemporary).extend({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see that nothing is taken
  site: async ({}, run) => {
    const site = await startRealSite({ apiToken: good.token })
    await run(site)
    await site.stop()
  },
})

test('a token is nowhere but where it is kept', async ({ app, site, temporary }) => {
  const processes = watchProcesses()
  const heard = hearWindow()
  const ask = (method: MethodName, params: unknown): Promise<Reply> => heard.ask(app.page, method, params)
  const look = (): Promise<void> => heard.look(app.page)
  await heard.listen(app.page)
  await site.add({ summary: control, priority: { id: '1' } })

  await test.step('a wrong one is tried, then the good one', async () => {
    const settings = await openSettings(app.page)
    for (const button of ['Check', 'Connect']) {
      await settings.fillIn(site, wrong.token)
      await settings.button(button).click()
      await expect(settings.outcome).toContainText('failed')
    }
    await settings.connect(site)
    // What was typed is in the page until it has been taken.
    await expect(app.page.getByLabel('API token')).toHaveValue('')
    await look()
    await settings.leave()
    await expect(app.page.getByText(control)).toBeVisible()
  })

  await test.step('everything fails once, and Jira echoes what it was sent', async () => {
    for (const echo of [refusal, ...others]) {
      echoNext(site, { path: /search\/jql|myself/ }, echo)
      await ask('sync.now', {})
      await look()
    }
    for (const part of [/serverInfo/, /myself/, /project\/search/, /mypermissions/, /createmeta/]) {
      for (const token of [null, wrong.token]) {
        echoNext(site, { path: part }, refusal)
        await ask('settings.preflight', draftOf(site, token))
      }
    }
  })

  await test.step('tickets are made, some of them refused', async () => {
    await ask('runs.start', { count: 3, minutes: 0.1 })
    echoNext(site, { method: 'POST', path: /issue$/, times: 2 }, refusal)
    await ask('runs.start', { count: 5, minutes: 0.1, confirmedSite: site.host })
    const panel = await openRehearse(app.page)
    await expect(panel).toContainText('Done: 3 of 5 tickets made', { timeout: 15_000 })
    await look()
  })

  await test.step('they are audited and deleted, and Jira echoes what it was sent', async () => {
    const { runId } = resultOf(await ask('runs.current', {})) as RunProgress
    for (const path of [/bulkfetch/, /search\/jql/, /mypermissions/]) {
      for (const method of ['runs.cleanUpPreview', 'audit.run'] as const) {
        echoNext(site, { path }, refusal)
        await ask(method, { runId })
      }
    }
    echoNext(site, { path: /nowhere/ }, refusal)
    const { count } = resultOf(await ask('runs.cleanUpPreview', { runId })) as CleanUpPreview
    expect(count).toBe(3)
    echoNext(site, { method: 'DELETE', path: /issue\/\d+$/, times: 2 }, refusal)
    await ask('runs.cleanUp', { runId, confirmedSite: site.host, count })
    const ended = async (): Promise<CleanUp> => resultOf(await ask('runs.currentCleanUp', {})) as CleanUp
    await expect.poll(async () => (await ended()).state).toBe('done')
    const { kept } = await ended()
    expect(kept.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringContaining(control)))
    await look()
  })

  await test.step('it starts again, and a bug ends it', async () => {
    await app.restart()
    await heard.listen(app.page)
    await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
    await ask('settings.preflight', draftOf(site, wrong.token))
    await look()
    await app.crash([control, good, wrong].map((planted) => sentAs(site, planted)).join(' '))
  })

  const seen = processes.stop()
  const files = [...(await filesBelow(app.dataDir)), ...(await filesBelow(temporary))]
  await test.step('the same search finds what nobody hides', () => {
    const log = files.filter(({ name }) => name.endsWith('jira-tpm.log')).map(({ bytes }) => bytes.toString())
    expect(log.join('')).toContain('"a bug ended the program"')
    expect(log.join('').split(control).length).toBeGreaterThan(3)
    expect(heard.texts.join('\n').split(control).length).toBeGreaterThan(10)
    expect(files.some(({ name, bytes }) => name.endsWith('tpm.sqlite') && bytes.includes(control))).toBe(true)
    expect(app.output()).toContain('Jira TPM has to close')
    if (process.platform === 'linux') expect(seen.join('\n')).toContain(app.dataDir)
    expect(good.findIn('a mail', sentAs(site, good))).toEqual(['a mail: as it is', 'a mail: in Base64'])
  })
  for (const planted of [good, wrong]) {
    const findIn = (where: string, bytes: Buffer | string): string[] => planted.findIn(where, bytes)
    expect.soft(files.flatMap(({ name, bytes }) => findIn(name, bytes))).toEqual([])
    expect.soft(heard.texts.flatMap((text) => findIn(text.slice(0, 500), text))).toEqual([])
    expect.soft(seen.flatMap((text) => findIn(text.slice(0, 500), text))).toEqual([])
    expect.soft(findIn('stdout and stderr', app.output())).toEqual([])
  }
})

function resultOf(reply: Reply): unknown {
  if (!reply.ok) throw fromWireError(reply.error)
  return reply.result
}

/** A secret in the forms that a careless error would hold. */
function sentAs({ email }: RealSite, planted: typeof good | string): string {
  if (typeof planted === 'string') return planted
  const { token } = planted
  return `${token} Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`
}

function draftOf({ url, email }: RealSite, token: string | null): unknown {
  const watch = { field: { id: 'priority', name: 'Priority' }, ids: [] }
  return { url, user: email, token, tokenExpiresOn: null, projectKey: 'TPM', caFile: null, watch }
}
