import { callCore, connectTo } from '../fixtures/core.ts'
import { listedKeys, storedTickets, ticketsOfHour } from '../fixtures/dashboard-page.ts'
import { startRealSite } from '../fixtures/real-site.ts'
import { openSettings, settingsPage } from '../fixtures/settings-page.ts'
import { openFormByMenu, openRehearse, stopByMenu } from '../fixtures/run-menu.ts'
import { showsTruth } from '../fixtures/truth.ts'
import { expect, test } from '../fixtures/with-site.ts'

test('a wrong token is reported step by step, a right one connects, and a restart asks nothing', async ({
  app,
  site,
}) => {
  await expect.poll(() => storedTickets(app.page)).toBeGreaterThan(0)
  const ofSandbox = await storedTickets(app.page)
  const settings = await openSettings(app.page)
  await test.step('a wrong token', async () => {
    await site.setFaults([{ match: { path: '/myself' }, kind: 'late', ms: 500, times: 1 }])
    await settings.fillIn(site, 'mistyped')
    await settings.button('Check').click()
    await expect(settings.step('Account')).toContainText('being checked')
    await expect(settings.step('Project')).toContainText('waiting')
    await expect(settings.step('Server')).toContainText('good')
    await expect(settings.step('Account')).toContainText('failed')
    await expect(settings.step('Account')).toContainText('New ones are made at https://id.atlassian.com')
    await expect(settings.step('Project')).toContainText('not tried')
    await expect(settings.outcome).toContainText('1 step failed: Account')
    expect((await callCore(app.page, 'session.get', {})).site.kind).toBe('sandbox')
  })

  await test.step('the right one', async () => {
    await settings.connect(site)
    // Three lines say it, and what is not simply good; the others are folded.
    await expect(settings.steps.getByRole('listitem')).toContainText([
      'Server: good',
      'Account: good',
      'Watched values: good',
      'Token’s last day',
    ])
    await app.page.getByText('9 more steps, all good').click()
    await expect(app.page.getByRole('list', { name: 'More steps' }).getByRole('listitem')).toHaveCount(9)
    await expect(app.page.getByLabel('API token')).toHaveValue('')
    await expect(app.page.getByText(`${site.host} is watched as ${site.email}.`)).toContainText(
      /Its token is kept/,
    )
    expect(await app.page.content()).not.toContain(site.token)
    await settings.button('Show the chart').click()
    await showsTruth(app.page, site)
  })

  await test.step('a restart', async () => {
    await app.restart()
    await showsTruth(app.page, site)
    await expect(app.page.getByRole('banner')).toContainText(site.host)
    expect(await app.dialogs()).toEqual([])
  })

  await test.step('the sandbox again', async () => {
    const there = await openSettings(app.page)
    await there.button('Use the sandbox').click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Stay connected' }).click()
    await expect(there.button('Use the sandbox')).toBeVisible()
    await there.button('Use the sandbox').click()
    await app.page.getByRole('checkbox', { name: 'Delete its token' }).check()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Use the sandbox' }).click()
    await expect(there.outcome).toContainText('The sandbox is watched again.')
    await there.leave()
    await expect(app.page.getByRole('banner')).toContainText('Sandbox')
    await expect.poll(() => storedTickets(app.page)).toBeGreaterThanOrEqual(ofSandbox)
    await expect(connectTo(app.page, { ...site, token: null })).rejects.toThrow('not-configured')
  })
})

test('tickets are made in a real Jira after a yes, and only then', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  const before = (await site.truth()).length
  const panel = await openRehearse(page)
  await expect(panel).toContainText(`A rehearsal makes tickets in project TPM of ${site.host}`)
  await expect(panel.getByLabel('Tickets')).toHaveCount(0)
  await panel.getByRole('button', { name: `Rehearse on ${site.host}…` }).click()
  // It is not the first thing to do there.
  const look = (button: string): Promise<string> =>
    panel.getByRole('button', { name: button }).evaluate((one) => getComputedStyle(one).backgroundColor)
  expect(await look('Start run')).toBe(await look('Close'))
  await expect(panel.getByLabel('Only High or Highest')).not.toBeChecked()
  await panel.getByLabel('Tickets').fill('5')
  await panel.getByLabel('Minutes').fill('0.1')
  await expect(panel.getByLabel('Speed')).toHaveCount(0)
  await panel.getByRole('button', { name: 'Start run' }).click()
  const question = page.getByRole('dialog', { name: `Make 5 tickets in ${site.host}?` })
  await expect(question).toContainText(`project TPM of ${site.host}`)
  await question.getByRole('button', { name: 'Make none' }).click()
  await expect(question).toHaveCount(0)
  expect(await callCore(page, 'runs.current', {})).toBeNull()

  await panel.getByRole('button', { name: 'Start run' }).click()
  await question.getByRole('button', { name: 'Start run' }).click()
  await expect(panel).toContainText('Done: 5 of 5 tickets made.', { timeout: 15_000 })
  expect(await site.truth()).toHaveLength(before + 5)
  await panel.getByRole('button', { name: 'Audit' }).click()
  await expect(page.getByRole('main')).toContainText('Nothing lost', { timeout: 15_000 })

  await test.step('from the menu', async () => {
    await openFormByMenu(app)
    await page.keyboard.press('Enter')
    const asked = page.getByRole('dialog', { name: `Make 100 tickets in ${site.host}?` })
    await expect(asked.getByRole('button', { name: 'Make none' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(asked).toHaveCount(0)
    await panel.getByRole('button', { name: 'Start run' }).click()
    await asked.getByRole('button', { name: 'Start run' }).click()
    await expect(panel).toContainText('of 100 created')
    await stopByMenu(app)
    await expect(panel).toContainText(/Stopped/)
    // One that a no had begun would be there, and would have kept this one from beginning.
    const { runs } = await callCore(page, 'runs.list', { limit: 10 })
    expect(runs.map(({ planned }) => planned)).toEqual([100, 5])
  })
})

test('what is no longer urgent leaves the chart, and is listed with its reason', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  const fresh = await site.add({ summary: 'Urgent for a while', priority: { id: '1' } })
  await page.keyboard.press('f')
  // The list may have it before the sum has, and the hour goes on meanwhile.
  await showsTruth(page, site)
  await expect(page.getByText('Urgent for a while')).toBeVisible()

  await site.edit(fresh.key, { priority: { id: '4' } })
  await page.keyboard.press('f')
  await showsTruth(page, site)
  await page.getByText('1 no longer counted').click()
  const left = page.getByRole('region', { name: 'No longer counted' }).getByRole('listitem')
  await expect(left).toContainText(fresh.key)
  await expect(left).toContainText('Priority lowered')
  await expect(left.getByRole('link')).toHaveAttribute('href', `${site.url}/browse/${fresh.key}`)
  await expect.poll(() => listedKeys(page)).not.toContain(fresh.key)
})

test('the link to Jira finds there the tickets that are counted here', async ({ app, site }) => {
  const { page } = app
  await connectTo(page, site)
  await site.add({ summary: 'One to be found', priority: { id: '1' } })
  await page.keyboard.press('f')
  await showsTruth(page, site)
  const counted = await ticketsOfHour(page)
  const link = page.getByRole('link', { name: new RegExp(`^Open these ${counted} in Jira`) })
  const address = new URL((await link.getAttribute('href')) ?? '')
  expect(`${address.origin}${address.pathname}`).toBe(`${site.url}/issues/`)
  const jql = (address.searchParams.get('jql') ?? '').replace(/ ORDER BY .*$/, '')
  const answer = await fetch(`${site.url}/rest/api/3/search/approximate-count`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${site.email}:${site.token}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jql }),
  })
  expect(await answer.json()).toEqual({ count: counted })
})

test('the end of the token is warned of, until that is put away', async ({ app, site }) => {
  const { page } = app
  const settings = await openSettings(page)
  const inNineDays = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
  await page.getByLabel('Token’s last day').fill(inNineDays)
  await settings.connect(site)
  await settings.leave()
  const warning = page.getByRole('status').filter({ hasText: 'The API token ends in 9 days' })
  await expect(warning).toBeVisible()
  await warning.getByRole('button', { name: 'Settings' }).click()
  await expect(settings.title).toBeVisible()
  await settings.leave()
  await warning.getByRole('button', { name: 'Put away until tomorrow' }).click()
  await expect(warning).toHaveCount(0)
  await page.reload()
  await expect.poll(() => storedTickets(page)).toBeGreaterThan(0)
  await expect(warning).toHaveCount(0)
})

test('a Data Center server below a path is connected by its token alone', async ({ app }) => {
  const site = await startRealSite({ deployment: 'data-center', contextPath: '/jira' })
  const settings = await openSettings(app.page)
  await settings.connect({ ...site, email: '' })
  await expect(settings.step('Server')).toContainText('Jira Data Center')
  await settings.leave()
  await showsTruth(app.page, site)
  expect((await callCore(app.page, 'session.get', {})).site).toMatchObject({
    kind: 'data-center',
    label: site.host,
    browseUrl: site.url,
  })
  expect(site.requests.filter(({ path }) => !path.startsWith('/jira/'))).toEqual([])
  await site.stop()
})

test.describe('a Jira that is asked every ten minutes', () => {
  test.use({ config: { syncIntervalSeconds: 600 } })

  test('is asked once when the machine wakes up', async ({ app, site }) => {
    const { page } = app
    await connectTo(page, site)
    const status = page.getByRole('contentinfo')
    await expect(status).toContainText(/next in (10|9) min/)
    await page.evaluate(() => {
      const fetches: string[] = []
      jiraTpm.onEvent((event, payload) => {
        if (event === 'sync.changed') fetches.push((payload as { state: string }).state)
      })
      Object.assign(globalThis, { fetches })
    })
    const fetches = () => page.evaluate(() => Reflect.get(globalThis, 'fetches') as string[])
    await site.add({ summary: 'Created while it slept', priority: { id: '2' } })
    await app.wake()
    await expect(page.getByText('Created while it slept')).toBeVisible()
    await expect(status).toContainText(/next in (10|9) min/)
    expect((await fetches()).filter((state) => state === 'fetching')).toHaveLength(1)
  })
})

test('a first fetch of many tickets shows how far it is', async ({ app }) => {
  const site = await startRealSite({ historyTickets: 16_000, historyHours: 48 })
  await site.setFaults([{ match: { path: '/search/jql' }, kind: 'late', ms: 150, times: 1_000 }])
  await connectTo(app.page, site)
  const status = app.page.getByRole('contentinfo')
  await expect(status).toContainText(/First fetch: [\d,]+ of about 5,\d\d\d tickets/, { timeout: 10_000 })
  await site.setFaults([])
  const truth = await site.watched()
  await expect.poll(() => storedTickets(app.page), { timeout: 15_000 }).toBe(truth.length)
  await expect(status).toContainText(/Last fetch/)
  await site.stop()
})

test('the settings open by their key and from the menu, and Escape leads back', async ({ app }) => {
  const { page } = app
  const { title } = settingsPage(page)
  const dashboard = page.getByRole('banner').getByRole('heading', { name: 'Jira TPM' })
  await expect(dashboard).toBeVisible() // before that nobody hears a key
  await page.keyboard.press(',')
  await expect(title).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dashboard).toBeVisible()
  await app.clickMenu('settings')
  await expect(title).toBeFocused()
  await page.getByLabel('Site URL').focus()
  await page.keyboard.press('Escape') // leaves the field alone
  await expect(title).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(title).toBeHidden()
})
