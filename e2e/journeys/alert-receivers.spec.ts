import type { Locator, Page } from 'playwright'
import { expect, test } from 'playwright/test'
import {
  startAlertmanager,
  whyNoAlertmanager,
  type Notification,
} from '../../test-support/outputs/alertmanager.ts'
import { callCore } from '../fixtures/core.ts'
import { noKeyring, openOutputs, withOutputs } from '../fixtures/with-outputs.ts'

// Each kind of output as a person uses it: added in the window, tested there, and told of an alarm and of its end.

const world = withOutputs()
const TEST = 'Test of the output “On call”'

interface Form {
  readonly kind: string
  readonly address?: string
  /** What is typed into its secret's field, and how that is called. */
  readonly secret?: readonly [label: string, value: string]
}

/** Adds an output in the window and tests it. Gives the page. */
async function addAndTest({ kind, address, secret }: Form): Promise<Page> {
  const page = await world().open()
  const outputs = await openOutputs(page)
  await outputs.getByRole('button', { name: 'Add an output…' }).click()
  await outputs.getByLabel('Kind').selectOption(kind)
  await outputs.getByLabel('Name').fill('On call')
  if (address !== undefined) await outputs.getByLabel('Address', { exact: true }).fill(address)
  if (secret !== undefined) await outputs.getByLabel(secret[0]).fill(secret[1])
  await outputs.getByLabel('It may be on this machine or in a private network').check()
  await outputs.getByRole('button', { name: 'Add output' }).click()
  await testIt(outputs)
  return page
}

async function testIt(outputs: Locator): Promise<void> {
  const list = outputs.getByRole('list', { name: 'Outputs' })
  await list.getByRole('button', { name: 'Test On call' }).click()
  await expect(list).toContainText(/taken \(HTTP 20\d\)\..*The test was taken, after \d+ ms\./)
}

/** A storm that rings, and the rule's end by a person, which ends the alert. */
async function ring(page: Page): Promise<void> {
  const condition = { kind: 'at-least' as const, tickets: 30, minutes: 5 }
  await callCore(page, 'alerts.add', { name: 'Storm', scope: {}, condition })
  for (let n = 1; n <= 32; n++) await world().site.add({ summary: `Storm, ${n}`, priority: { id: '1' } })
  await expect(page.getByRole('alert').filter({ hasText: 'Storm ringing since' })).toBeVisible()
}

async function end(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'Storm is on' }).click()
}

const bodies = (): unknown[] => world().receiver.taken.map(({ body }) => JSON.parse(body) as unknown)
const secretAddress = (): string => `${world().receiver.url}/planted-key-0123456789`

test('Slack gets the test, the alarm and its end, with a button that opens the span', async () => {
  test.skip(noKeyring !== null, `no keychain to try: ${noKeyring}`)
  const page = await addAndTest({ kind: 'Slack', secret: ['Whole address that Slack gave', secretAddress()] })
  expect(bodies()[0]).toMatchObject({ text: expect.stringContaining(TEST) })
  await ring(page)
  await expect.poll(() => bodies().length).toBe(2)
  const link = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#.*opened=/)
  expect(bodies()[1]).toMatchObject({
    text: expect.stringMatching(/^Storm: alert\n3\d Highest or High|^Storm: alert\n3\d High or Highest/),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'Storm: alert' } },
      { type: 'section' },
      { type: 'actions', elements: [{ type: 'button', url: link }] },
    ],
  })
  await end(page)
  await expect.poll(() => bodies()[2]).toMatchObject({ text: expect.stringContaining('Storm: over') })
})

test('Teams gets them as cards', async () => {
  test.skip(noKeyring !== null, `no keychain to try: ${noKeyring}`)
  const page = await addAndTest({ kind: 'Teams', secret: ['Whole address that Teams gave', secretAddress()] })
  expect(bodies()).toMatchObject([{ type: 'message', summary: TEST }])
  await ring(page)
  await expect.poll(() => bodies().length).toBe(2)
  expect(bodies()[1]).toMatchObject({
    summary: 'Storm: alert',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl', title: 'Open the span' }] },
      },
    ],
  })
  await end(page)
  await expect.poll(() => bodies()[2]).toMatchObject({ summary: expect.stringContaining('Storm: over') })
})

test('PagerDuty is triggered and resolved by the same key', async () => {
  test.skip(noKeyring !== null, `no keychain to try: ${noKeyring}`)
  const key = 'planted-key-0123456789'
  const { url } = world().receiver
  // From the window it goes to PagerDuty alone.
  const page = await world().open()
  const draft = { kind: 'pagerduty' as const, name: 'On call', url, secret: key, allowPrivate: true }
  await callCore(page, 'outputs.add', draft)
  await testIt(await openOutputs(page))
  expect(world().receiver.taken[0]?.path).toBe('/alerts/v2/enqueue')
  expect(bodies()[0]).toMatchObject({ routing_key: key, payload: { summary: TEST } })
  await ring(page)
  const alert = {
    routing_key: key,
    event_action: 'trigger',
    payload: { summary: 'Storm: alert', severity: 'critical' },
  }
  await expect.poll(() => bodies().at(-1)).toMatchObject(alert)
  const { dedup_key: dedupKey } = bodies().at(-1) as { dedup_key: string }
  await end(page)
  await expect
    .poll(() => bodies().at(-1))
    .toEqual({ routing_key: key, event_action: 'resolve', dedup_key: dedupKey })
})

test('a real Alertmanager notifies of the alarm, and that it is resolved', async () => {
  const missing = whyNoAlertmanager()
  test.skip(missing !== null, `no Alertmanager to try: ${missing}`)
  test.slow()
  const { receiver, dataDir } = world()
  const alertmanager = await startAlertmanager(receiver.url, dataDir)
  try {
    const told = (rule: string): string | undefined =>
      (bodies() as Notification[])
        .flatMap(({ alerts }) => alerts)
        .findLast(({ labels }) => labels['rule'] === rule)?.status
    const page = await addAndTest({ kind: 'Alertmanager', address: alertmanager.url })
    await ring(page)
    await expect.poll(() => told('Storm'), { timeout: 20_000 }).toBe('firing')
    await end(page)
    await expect.poll(() => told('Storm'), { timeout: 20_000 }).toBe('resolved')
  } finally {
    await alertmanager.stop()
  }
})
