import { createHmac } from 'node:crypto'
import { expect, test } from 'playwright/test'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import { isAccessible } from '../fixtures/accessible.ts'
import { openAlerts } from '../fixtures/alerts-panel.ts'
import { callCore } from '../fixtures/core.ts'
import { filesBelow } from '../fixtures/planted.ts'
import { noKeyring, openOutputs, withOutputs, type Taken } from '../fixtures/with-outputs.ts'

const KEY = 'planted-key-0123456789'

/** As the receiver would: by the key that both have. */
function messageOf({ headers, body }: Taken): AlertMessage {
  const signature = `sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`
  expect(headers['x-hub-signature-256']).toBe(signature)
  return JSON.parse(body) as AlertMessage
}

const world = withOutputs()

test('a webhook is added in the window, tested, and gets what rings, signed; its key is in the keychain alone', async () => {
  test.skip(noKeyring !== null, `no keychain to try: ${noKeyring}`)
  const { receiver, site, dataDir } = world()
  const page = await world().open()
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
  await expect(
    page.getByRole('region', { name: 'Latest alerts' }).getByRole('listitem').first(),
  ).toContainText(
    /Storm: alert.*Sent to Night shift \(webhook\) at \d\d:\d\d, (at once|after \d+\.\d s): HTTP 200\./,
  )

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
  const page = await world().open(420)
  // As far as it goes once the list is there.
  const scrolled = () =>
    page.evaluate(() => {
      scrollTo(0, document.documentElement.scrollHeight)
      return scrollY
    })
  await expect.poll(scrolled).toBeGreaterThan(100)
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
  const page = await world().open(420)
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
