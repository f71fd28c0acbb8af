import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { writeTransition } from '../../test-support/outputs/enqueue.ts'
import { startReceiver, testMessage, testOutput, type Receiver } from '../../test-support/outputs/receiver.ts'
import type { SendBoundary, SenderJob } from '../../test-support/outputs/run-sender.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { ENGINE, makeTestData } from '../../test-support/store/store.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 200 : ENGINE === 'sqlite' ? 20 : 10
/** `sent`: while its receiver has the message, and has not answered. */
const DEATHS: readonly (SendBoundary | 'sent')[] = ['claims', 'claimed', 'sent', 'answered', 'recorded']

function start(job: SenderJob) {
  const child = spawn(process.execPath, [bundled('run-sender'), JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return { ended, kill }
}

function timesOf({ received }: Receiver): Map<string, number> {
  const times = new Map<string, number>()
  for (const { headers } of received) {
    const key = String(headers['idempotency-key'])
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  return times
}

test(
  'processes killed before, while and after they send: no message is lost, and none is sent again once its answer was recorded',
  { timeout: 60_000 + KILLS * 5_000 },
  async () => {
    const data = await makeTestData()
    const store = await data.open()
    const receiver = await startReceiver()
    await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
    const recorded = new Map<string, number>()
    for (let kill = 0; kill < KILLS; kill++) {
      const death = DEATHS[kill % DEATHS.length] ?? 'sent'
      await writeTransition(store, testMessage(`a${kill}`))
      const child = start({ store: data.config, dieAt: death === 'sent' ? null : death })
      receiver.answer = death === 'sent' ? () => void child.kill() : 200
      await child.ended
      const rows = await data.query('SELECT alert_id FROM outbox WHERE sent_ms IS NOT NULL')
      for (const { alert_id: id } of rows) {
        const key = `${String(id)}/started`
        if (!recorded.has(key)) recorded.set(key, timesOf(receiver).get(key) ?? 0)
      }
    }
    receiver.answer = 200
    start({ store: data.config, dieAt: null })
    await expect.poll(async () => (await store.outputs(SITE))[0]?.waiting, { timeout: 30_000 }).toBe(0)
    const times = timesOf(receiver)
    for (let kill = 0; kill < KILLS; kill++) expect(times.get(`a${kill}/started`) ?? 0).toBeGreaterThan(0)
    for (const [key, count] of recorded) expect([key, times.get(key)]).toEqual([key, count])
    expect(recorded.size).toBeGreaterThan(0)
    console.log(
      `killed on ${ENGINE}: ${KILLS} senders; ${KILLS} messages arrived, ${receiver.received.length - KILLS} of them again`,
    )
  },
)
