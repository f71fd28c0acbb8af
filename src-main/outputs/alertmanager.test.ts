import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../../test-support/end.ts'
import { deliverFrom } from '../../test-support/outputs/delivery.ts'
import { writeTransition } from '../../test-support/outputs/enqueue.ts'
import { startReceiver, testMessage, testOutput, type Receiver } from '../../test-support/outputs/receiver.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { machineClock } from '../runtime/clock.ts'

const PROGRAM = 'prometheus-alertmanager'
const isHere = spawnSync(PROGRAM, ['--version']).status === 0
if (!isHere) console.error(`\n${PROGRAM} is not here: NOTHING IS TESTED WITH A REAL ALERTMANAGER.\n`)

interface Notification {
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly {
    readonly status: string
    readonly labels: Record<string, string>
    readonly annotations: Record<string, string>
  }[]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Debian's, which notifies `receiver` of groups by the rule's name. */
async function startAlertmanager(receiver: Receiver): Promise<string> {
  const folder = testFolder()
  const file = path.join(folder, 'alertmanager.yml')
  const route = {
    receiver: 'hook',
    group_by: ['alertname', 'rule'],
    group_wait: '1s',
    group_interval: '1s',
    repeat_interval: '1h',
  }
  const hook = { name: 'hook', webhook_configs: [{ url: receiver.url, send_resolved: true }] }
  // YAML takes JSON.
  writeFileSync(file, JSON.stringify({ route, receivers: [hook] }))
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/-/ready`).catch(() => null))?.ok ?? false
  await expect.poll(isReady, { timeout: 30_000 }).toBe(true)
  return url
}

test.runIf(isHere)(
  'a real Alertmanager groups alerts of a rule, and resolves each when it is over',
  { timeout: 90_000 },
  async () => {
    const receiver = await startReceiver()
    const store = await openTestStore()
    await store.addOutput(
      SITE,
      testOutput('am', { kind: 'alertmanager', url: await startAlertmanager(receiver) }),
    )
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
