import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright'
import { expect, test } from 'playwright/test'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import { startTestKeyring, whyNoKeyring, type TestKeyring } from '../../test-support/secrets/gnome-keyring.ts'
import { isAccessible } from '../fixtures/accessible.ts'
import { openAlerts } from '../fixtures/alerts-panel.ts'
import { barHeights } from '../fixtures/chart.ts'
import { findChromium } from '../fixtures/chromium.ts'
import { callCore } from '../fixtures/core.ts'
import { watching } from '../fixtures/on-postgres.ts'
import { filesBelow } from '../fixtures/planted.ts'
import { startRealSite, type RealSite } from '../fixtures/real-site.ts'
import { serveDashboard, type ServedDashboard } from '../fixtures/served.ts'
import { writeConfig } from '../fixtures/write-config.ts'

const KEY = 'planted-key-0123456789'

interface Taken {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Receiver {
  readonly url: string
  readonly taken: readonly Taken[]
  /** The status that it answers with from now on. */
  status: number
  stop(): Promise<void>
}

/** A company's own end of a webhook. */
async function startReceiver(): Promise<Receiver> {
  const taken: Taken[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      taken.push({ headers: request.headers, body })
      response.writeHead(receiver.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    taken,
    status: 200,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** As the receiver would: by the key that both have. */
function messageOf({ headers, body }: Taken): AlertMessage {
  const signature = `sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`
  expect(headers['x-hub-signature-256']).toBe(signature)
  return JSON.parse(body) as AlertMessage
}

let dataDir: string
let site: RealSite
let browser: Browser
let served: ServedDashboard
let receiver: Receiver
let keyring: TestKeyring | undefined
const noKeyring = whyNoKeyring()

test.beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-'))
  await writeConfig(dataDir, { syncIntervalSeconds: 1 })
  site = await startRealSite()
  receiver = await startReceiver()
  keyring = noKeyring === null ? await startTestKeyring() : undefined
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  // The whole site, not one project of it.
  const { JIRA_PROJECT: _, ...account } = watching(site)
  served = serveDashboard(dataDir, { ...account, ...keyring?.env })
})

test.afterEach(async () => {
  await browser.close()
  await served.interrupt()
  await keyring?.stop()
  await receiver.stop()
  await site.stop()
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

async function open(width = 1_280): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width, height: 800 } })).newPage()
  await page.goto(await served.link())
  await expect.poll(() => barHeights(page)).not.toEqual([])
  return page
}

async function openOutputs(page: Page): Promise<Locator> {
  const panel = await openAlerts(page)
  await panel.getByRole('button', { name: 'Where alerts are sent…' }).click()
  return panel.getByRole('region', { name: 'Where alerts are sent' })
}

test('a webhook is added in the window, tested, and gets what rings, signed; its key is in the keychain alone', async () => {
  test.skip(noKeyring !== null, `no keychain to try: ${noKeyring}`)
  const page = await open()
  const answers: string[] = []
  page.on(
    'response',
    (response) =>
      void response.text().then(
        (body) => answers.push(body),
        () => {},
      ),
  )
  await page.route(/outputs\.list/, (route) => route.abort(), { times: 1 })
  const outputs = await openOutputs(page)
  await expect(outputs.getByRole('alert')).toHaveText(/./)
  await outputs.getByRole('button', { name: 'Read it again' }).click()
  await expect(outputs).toContainText('Alerts are sent nowhere yet')

  await outputs.getByRole('button', { name: 'Add an output…' }).click()
  await expect(outputs.getByLabel('Kind')).toBeFocused()
  await outputs.getByLabel('Name').fill('On call')
  await outputs.getByLabel('Address').fill(receiver.url)
  const key = outputs.getByLabel('Key that signs')
  await expect(key).toHaveAttribute('type', 'password')
  await expect(key).toHaveAttribute('autocomplete', 'off')
  await key.fill(KEY)
  await page.keyboard.press('Enter')
  await expect(outputs.getByRole('alert').filter({ hasText: /./ })).toHaveText(
    /127\.0\.0\.1 is 127\.0\.0\.1, which is of this machine or a private network\./,
  )
  await isAccessible(page, 'output-form')
  await outputs.getByLabel('It may be on this machine or in a private network').check()
  await outputs.getByRole('button', { name: 'Add output' }).click()
  const list = outputs.getByRole('list', { name: 'Outputs' })
  await expect(list.getByRole('listitem')).toHaveText([
    /^On callWebhook, http:\/\/127\.0\.0\.1:\d+\/alertsIts secret is kept here\.Nothing was sent to it yet\./,
  ])
  await expect(outputs.getByRole('button', { name: 'Add an output…' })).toBeFocused()
  expect(receiver.taken).toEqual([])

  receiver.status = 500
  await list.getByRole('button', { name: 'Test On call' }).click()
  await expect(list).toContainText(/The last try, at \d\d:\d\d, failed: HTTP 500\..*The test was not taken\./)
  receiver.status = 200
  await list.getByRole('button', { name: 'Test On call' }).click()
  await expect(list).toContainText(
    /Last sent at \d\d:\d\d: taken \(HTTP 200\)\..*The test was taken, after \d+ ms\./,
  )
  expect(receiver.taken.map((taken) => messageOf(taken).title)).toEqual([
    'Test of the output “On call”',
    'Test of the output “On call”',
  ])
  await isAccessible(page, 'outputs')

  await list.getByRole('button', { name: 'Change On call' }).click()
  await expect(list.getByLabel('Key that signs')).toHaveValue('')
  await list.getByLabel('Name').fill('Night shift')
  await list.getByRole('button', { name: 'Save' }).click()
  await expect(list.getByRole('listitem')).toHaveText([/^Night shift/])
  await expect(list.getByRole('button', { name: 'Change Night shift' })).toBeFocused()

  await callCore(page, 'alerts.add', {
    name: 'Storm',
    scope: {},
    condition: { kind: 'at-least', tickets: 30, minutes: 5 },
  })
  for (let n = 1; n <= 32; n++) await site.add({ summary: `Storm, ${n}`, priority: { id: '1' } })
  await expect.poll(() => receiver.taken.length).toBe(3)
  const [, , rung] = receiver.taken.map((taken) => messageOf(taken))
  expect(rung).toMatchObject({ transition: 'started', rule: { name: 'Storm' }, rehearsal: null })

  await list.getByRole('button', { name: 'Remove Night shift…' }).click()
  await expect(list.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await list.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(outputs).toContainText(
    'Nothing is sent to “Night shift” any more. Its secret is removed from the keychain.',
  )
  await expect(outputs).toContainText('Alerts are sent nowhere yet')
  await expect(outputs.getByRole('button', { name: 'Add an output…' })).toBeFocused()

  expect(answers.length).toBeGreaterThan(0)
  for (const answer of answers) expect(answer).not.toContain(KEY)
  expect(await page.content()).not.toContain(KEY)
  const files = await filesBelow(dataDir)
  expect(files.length).toBeGreaterThan(1)
  for (const { name, bytes } of files) expect(bytes.includes(KEY), name).toBe(false)
})

test('narrow, on a page that is scrolled, the panel that a key opens stands in sight', async () => {
  const page = await open(420)
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(100)
  const panel = await openAlerts(page)
  const { height = 0 } = page.viewportSize() ?? {}
  await expect
    .poll(async () => {
      const box = await panel.boundingBox()
      return box !== null && box.y >= 0 && box.y + box.height <= height
    })
    .toBe(true)
  await expect(page.getByRole('button', { name: 'More' })).toBeInViewport()
})

test('a rule of a project is replayed before it is added, and each time that it would have fired opens its span; narrow, all of it fits', async () => {
  const page = await open(420)
  const outputs = await openOutputs(page)
  await outputs.getByRole('button', { name: 'Add an output…' }).click()
  for (const kind of ['Slack', 'Teams', 'Alertmanager', 'PagerDuty', 'Webhook'])
    await outputs.getByLabel('Kind').selectOption(kind)
  await isAccessible(page, 'narrow')

  const panel = page.getByRole('dialog', { name: 'More' })
  await expect(panel).toContainText('it learns first')
  await panel.getByLabel('When').selectOption('there are at least')
  await panel.getByLabel('Tickets').fill('900')
  await expect(panel).toContainText(/Would not have fired in less than a day/)
  await panel.getByLabel('Tickets').fill('2')
  await panel.getByLabel('Minutes').fill('30')
  await panel.getByLabel('Of', { exact: true }).selectOption('in TPM')
  const fired = panel.getByRole('list', { name: 'When it would have fired' }).getByRole('link')
  await expect(fired.first()).toBeVisible()
  await expect(panel).toContainText(/Would have fired (once|twice|\d+ times) in less than a day/)
  const address = await fired.first().getAttribute('href')
  await fired.first().click()
  await expect(panel).toHaveCount(0)
  const wanted = new URLSearchParams(address?.slice(1))
  await expect
    .poll(() => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('opened'))
    .toBe(wanted.get('opened'))

  await openAlerts(page)
  await panel.getByLabel('Of', { exact: true }).selectOption('in TPM')
  await panel.getByRole('button', { name: 'Add rule' }).click()
  await expect(panel.getByRole('list', { name: 'Alert rules' })).toContainText(
    /^Above the usual, by chance once a month, High or Highest in TPM.*Learning/,
  )
})
