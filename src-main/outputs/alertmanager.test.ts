import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../../test-support/end.ts'
import {
  startAlertmanager,
  whyNoAlertmanager,
  type Notification,
} from '../../test-support/outputs/alertmanager.ts'
import { deliverFrom } from '../../test-support/outputs/delivery.ts'
import { writeTransition } from '../../test-support/outputs/enqueue.ts'
import { startReceiver, testMessage, testOutput } from '../../test-support/outputs/receiver.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { machineClock } from '../runtime/clock.ts'

const missing = whyNoAlertmanager()
if (missing !== null) console.error(`\n${missing}: NOTHING IS TESTED WITH A REAL ALERTMANAGER.\n`)

test.runIf(missing === null)(
  'a real Alertmanager groups alerts of a rule, and resolves each when it is over',
  { timeout: 90_000 },
  async () => {
    const receiver = await startReceiver()
    const store = await openTestStore()
    const { url, stop } = await startAlertmanager(receiver.url, testFolder())
    onTestFinished(stop)
    await store.addOutput(SITE, testOutput('am', { kind: 'alertmanager', url }))
    deliverFrom(store)
    const nowMs = machineClock.now()
    const write = (id: string, transition: 'started' | 'resolved'): Promise<void> =>
      writeTransition(
        store,
        testMessage(id, { transition, atMs: nowMs - 60_000, title: `${id} ${transition}` }),
      )
    const notifications = (): Notification[] =>
      receiver.received.map(({ body }) => JSON.parse(body) as Notification)
    const stateOf = (id: string): string | undefined =>
      notifications()
        .flatMap(({ alerts }) => alerts)
        .findLast(({ labels }) => labels['alert'] === id)?.status

    await write('a1', 'started')
    await write('a2', 'started')
    await expect.poll(() => [stateOf('a1'), stateOf('a2')], { timeout: 30_000 }).toEqual(['firing', 'firing'])
    const both = notifications().find(({ alerts }) => alerts.length === 2)
    expect(both).toMatchObject({ status: 'firing' })
    expect(both?.alerts[0]).toMatchObject({
      labels: { alertname: 'JiraTickets', rule: 'Storm', severity: 'critical' },
      annotations: { description: expect.stringContaining('seldom over 16') },
    })
    await write('a1', 'resolved')
    await expect.poll(() => stateOf('a1'), { timeout: 30_000 }).toBe('resolved')
    expect(stateOf('a2')).toBe('firing')
    await write('a2', 'resolved')
    await expect.poll(() => notifications().at(-1)?.status, { timeout: 30_000 }).toBe('resolved')
  },
)
