import { expect, test } from 'vitest'
import { deliverFrom } from '../../test-support/outputs/delivery.ts'
import { writeTransition } from '../../test-support/outputs/enqueue.ts'
import { startReceiver, testMessage, testOutput } from '../../test-support/outputs/receiver.ts'
import type { Receiver } from '../../test-support/outputs/open-receiver.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'

const opened = storeForEach()

function keys({ received }: Receiver): unknown[] {
  return received.map(({ headers }) => headers['idempotency-key'])
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1
}

function inOrder(receiver: Receiver): string[] {
  return keys(receiver).map(String).toSorted(byName)
}

async function standing() {
  const [output] = await opened().store.outputs(SITE)
  return output
}

test('what is written is sent soon to each output, in its order, once, with the span behind its link', async () => {
  const { store, again } = opened()
  const [one, two] = [await startReceiver(), await startReceiver(204)]
  await store.addOutput(SITE, testOutput('one', { url: one.url }))
  await store.addOutput(SITE, testOutput('two', { url: two.url }))
  deliverFrom(store)
  // By another instance, as by this one.
  await writeTransition(await again(), testMessage('a1'))
  await writeTransition(store, testMessage('a1', { transition: 'resolved' }))
  await writeTransition(store, testMessage('a1', { transition: 'resolved' }))
  for (const receiver of [one, two])
    await expect.poll(() => keys(receiver)).toEqual(['a1/started', 'a1/resolved'])
  expect(JSON.parse(one.received[0]?.body ?? '')).toMatchObject({
    link: 'https://tpm.example.com/#from=2026-01-01T00:00Z&to=2026-01-01T01:00Z',
  })
  await expect.poll(standing).toMatchObject({ waiting: 0, last: { taken: true, answer: 'HTTP 200' } })
  expect((await standing())?.lastSentMs).not.toBeNull()
})

test('of many instances one sends each message', async () => {
  const { store, again } = opened()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
  for (let n = 0; n < 3; n++) deliverFrom(await again())
  const sent = Array.from({ length: 12 }, (_, n) => testMessage(`a${n}`))
  for (const message of sent) await writeTransition(store, message)
  await expect.poll(async () => (await standing())?.waiting).toBe(0)
  expect(inOrder(receiver)).toEqual(sent.map(({ alertId }) => `${alertId}/started`).toSorted(byName))
})

test('what fails is tried again, later messages of its alert wait for it, and its failure is shown meanwhile', async () => {
  const { store } = opened()
  const receiver = await startReceiver((response) => response.writeHead(503).end('down for\nmaintenance'))
  await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
  deliverFrom(store)
  await writeTransition(store, testMessage('a1'))
  await writeTransition(store, testMessage('a1', { transition: 'resolved' }))
  await expect.poll(standing).toMatchObject({
    waiting: 2,
    attempts: 1,
    last: { taken: false, answer: 'HTTP 503: down for maintenance' },
  })
  const shown = await standing()
  expect((shown?.nextTryMs ?? 0) - (shown?.last?.atMs ?? 0)).toBeGreaterThan(0)
  receiver.answer = 200
  await expect.poll(() => keys(receiver)).toEqual(['a1/started', 'a1/started', 'a1/resolved'])
  await expect.poll(standing).toMatchObject({ waiting: 0, attempts: 0, last: { taken: true } })
})

test('what fails for a day is given up, and said', async () => {
  const { store, rows } = opened()
  const receiver = await startReceiver(500)
  await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
  await writeTransition(store, testMessage('a1'))
  await rows('UPDATE outbox SET enqueued_ms = enqueued_ms - 86400000')
  deliverFrom(store)
  await expect.poll(standing).toMatchObject({ waiting: 0, givenUp: 1, last: { taken: false } })
  expect(keys(receiver)).toEqual(['a1/started'])
})

test('an instance without the secret sends nothing; one that has it does', async () => {
  const { store, again } = opened()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { url: receiver.url, needsSecret: true }))
  deliverFrom(store)
  await writeTransition(store, testMessage('a1'))
  // By the time that this one is sent it would have sent the other, too.
  const open = await startReceiver()
  await store.addOutput(SITE, testOutput('two', { url: open.url }))
  await writeTransition(store, testMessage('a2'))
  await expect.poll(() => keys(open)).toEqual(['a2/started'])
  expect(receiver.connections()).toBe(0)
  expect(await standing()).toMatchObject({ waiting: 2, attempts: 0 })
  deliverFrom(await again(), { kept: { one: 'key of the hook' } })
  await expect.poll(() => inOrder(receiver)).toEqual(['a1/started', 'a2/started'])
  expect(receiver.received[0]?.headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/)
})

test('an Alertmanager is told again each minute, with what it was told last, until the alert is over', async () => {
  const { store, rows } = opened()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { kind: 'alertmanager', url: receiver.url }))
  deliverFrom(store)
  const times = async (): Promise<unknown> => {
    const [row] = await rows(
      'SELECT MAX(due_ms) AS due, MAX(sent_ms) AS sent FROM outbox WHERE due_ms IS NOT NULL',
    )
    return row
  }
  const aMinutePasses = async (): Promise<void> => {
    await rows('UPDATE outbox SET due_ms = due_ms - 60000 WHERE sent_ms IS NOT NULL')
    // As the full minute would.
    await store.noteTest(SITE, 'one', { taken: true, answer: '' })
  }
  await writeTransition(store, testMessage('a1'))
  await expect.poll(() => keys(receiver)).toEqual(['a1/started'])
  await expect.poll(standing).toMatchObject({ waiting: 0, last: { taken: true } })
  const { due, sent } = (await times()) as { due: unknown; sent: unknown }
  expect(Number(due) - Number(sent)).toBeGreaterThanOrEqual(60_000)
  await aMinutePasses()
  await expect.poll(() => keys(receiver)).toEqual(['a1/started', 'a1/started'])
  await writeTransition(store, testMessage('a1', { transition: 'doubled' }))
  await expect.poll(() => keys(receiver).at(-1)).toBe('a1/doubled')
  await expect.poll(async () => (await standing())?.waiting).toBe(0)
  await aMinutePasses()
  await expect.poll(() => keys(receiver).slice(2)).toEqual(['a1/doubled', 'a1/doubled'])
  await writeTransition(store, testMessage('a1', { transition: 'resolved' }))
  await expect.poll(() => keys(receiver).slice(4)).toEqual(['a1/resolved'])
  await expect.poll(async () => (await standing())?.waiting).toBe(0)
  expect(await times()).toEqual({ due: null, sent: null })
})

/** Of each transition of an alert, as the history has them. */
async function sendings(alertId = 'a1') {
  const alerts = await opened().store.alertHistory({ siteId: SITE, limit: 100 })
  const { transitions = [] } = alerts.find(({ id }) => id === alertId) ?? {}
  return transitions.map((transition) => transition.sendings)
}

/** Of the first transition, by the output's name. */
async function firstSendings() {
  return new Map((await sendings())[0]?.map((one) => [one.output, one]))
}

test('the history says of each message to which output it was sent, when, and with what answer', async () => {
  const { store } = opened()
  const [one, two] = [
    await startReceiver(),
    await startReceiver((response) => response.writeHead(503).end('key 1')),
  ]
  await store.addOutput(SITE, testOutput('one', { url: one.url }))
  await store.addOutput(SITE, testOutput('two', { url: two.url }))
  await store.addOutput(SITE, testOutput('three', { kind: 'slack', needsSecret: true }))
  deliverFrom(store)
  const before = Date.now()
  await writeTransition(store, testMessage('a1'))
  await expect
    .poll(async () => (await sendings())[0]?.map(({ state }) => state))
    .toEqual(['sent', 'queued', 'retrying'])
  const [[sent, waiting, failing] = []] = await sendings()
  expect(sent).toMatchObject({
    output: 'Output one',
    kind: 'webhook',
    times: 1,
    failures: 0,
    unrecorded: 0,
    answer: 'HTTP 200',
  })
  // By the store's clock, which may be another machine's.
  expect(Math.abs((sent?.queuedMs ?? 0) - before)).toBeLessThan(10_000)
  expect((sent?.sentMs ?? 0) - (sent?.queuedMs ?? 0)).toBeGreaterThanOrEqual(0)
  expect(waiting).toMatchObject({
    output: 'Output three',
    kind: 'slack',
    times: 0,
    sentMs: null,
    answer: null,
  })
  // Not what it said: that is for who sets outputs.
  expect(failing).toMatchObject({ output: 'Output two', times: 0, sentMs: null, answer: 'HTTP 503' })
})

test('what waits for a secret that nobody has, what was given up, and what was told again, is in the history', async () => {
  const { store, rows } = opened()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { kind: 'alertmanager', url: receiver.url }))
  await store.addOutput(SITE, testOutput('two', { kind: 'pagerduty', needsSecret: true }))
  await store.addOutput(SITE, testOutput('three', { url: (await startReceiver(500)).url }))
  await writeTransition(store, testMessage('a1'))
  await rows(`UPDATE outbox SET enqueued_ms = enqueued_ms - 86400000 WHERE output_id = 'three'`)
  await rows(`UPDATE outbox SET due_ms = due_ms - 100000 WHERE output_id = 'two'`)
  deliverFrom(store)
  await expect.poll(async () => (await firstSendings()).get('Output three')?.state).toBe('given-up')
  await expect.poll(async () => (await firstSendings()).get('Output one')?.times).toBe(1)
  expect((await firstSendings()).get('Output two')?.state).toBe('no-holder')
  await rows('UPDATE outbox SET due_ms = due_ms - 60000 WHERE sent_ms IS NOT NULL')
  // As the full minute would.
  await store.noteTest(SITE, 'one', { taken: true, answer: '' })
  await expect
    .poll(async () => (await firstSendings()).get('Output one'))
    .toMatchObject({ state: 'sent', times: 2 })
})

test('an output that is removed keeps its name with what was sent to it; what waited for it is not sent', async () => {
  const { store } = opened()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
  const { stop } = deliverFrom(store)
  await writeTransition(store, testMessage('a1'))
  await expect.poll(async () => (await sendings())[0]?.[0]?.state).toBe('sent')
  await stop()
  const over = { transition: 'resolved', atMs: testMessage('a1').atMs + 60_000 } as const
  await writeTransition(store, testMessage('a1', over))
  await store.removeOutput(SITE, 'one')
  expect(await sendings()).toMatchObject([
    [{ output: 'Output one', kind: 'webhook', state: 'sent' }],
    [{ output: 'Output one', kind: 'webhook', state: 'dropped' }],
  ])
  // Another one of that name gets none of it.
  await store.addOutput(SITE, testOutput('other', { name: 'Output one', url: receiver.url }))
  deliverFrom(store)
  await writeTransition(store, testMessage('a2'))
  await expect.poll(() => keys(receiver)).toEqual(['a1/started', 'a2/started'])
})

test('with an alert that is forgotten, what was sent of it is', async () => {
  const { store, rows } = opened()
  await store.addOutput(SITE, testOutput('one', { url: (await startReceiver()).url }))
  await writeTransition(store, testMessage('a1'))
  await rows('UPDATE outbox SET due_ms = NULL, sent_ms = enqueued_ms')
  const { atMs } = testMessage('a1')
  await rows(`UPDATE outbox SET enqueued_ms = ${atMs}`)
  await writeTransition(store, testMessage('a2', { atMs: atMs + 399 * 86_400_000 }))
  expect(await sendings()).toMatchObject([[{ state: 'sent' }]])
  await writeTransition(store, testMessage('a3', { atMs: atMs + 401 * 86_400_000 }))
  expect(await sendings()).toEqual([])
  expect(await rows(`SELECT 1 FROM outbox WHERE alert_id = 'a1'`)).toEqual([])
})
