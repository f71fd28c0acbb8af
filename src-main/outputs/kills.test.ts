import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { AT_LEAST_3, fetchedUpTo, storeTickets } from '../../test-support/alerts/alerts.ts'
import { startReceiver, testOutput } from '../../test-support/outputs/receiver.ts'
import type { Receiver } from '../../test-support/outputs/open-receiver.ts'
import type { AlertsJob, AlertsWord } from '../../test-support/outputs/run-alerts.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { startChild } from '../../test-support/process/child.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { ENGINE, makeTestData } from '../../test-support/store/store.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 200 : ENGINE === 'sqlite' ? 56 : 28
/** What is drawn; JIRA_TPM_SEED repeats it, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
/** Each in a store of its own, at once. */
const LANES = 2
/** Where, one after the other: at a statement of a work, while the receiver has the message, or once an answer is recorded. */
const DEATHS = ['evaluates', 'commits', 'looks', 'claims', 'sends', 'records', 'recorded'] as const
type Death = (typeof DEATHS)[number]

type Random = ReturnType<typeof xoroshiro128plus>

function start(job: AlertsJob) {
  return startChild<AlertsWord>(bundled('run-alerts'), [], [JSON.stringify(job)])
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
  'processes killed at any statement while they evaluate, commit, look, claim, send and record: no alert is lost or there twice, and no message is sent again once its answer was recorded',
  { timeout: 60_000 + KILLS * 5_000 },
  async () => {
    const began = performance.now()
    const lanes = await Promise.all(
      Array.from({ length: LANES }, (_, lane) => kill(KILLS / LANES, xoroshiro128plus(SEED + lane))),
    )
    const deaths = DEATHS.map((death) => lanes.reduce((sum, lane) => sum + (lane.deaths.get(death) ?? 0), 0))
    const told = DEATHS.map((death, nth) => `${deaths[nth]} ${death}`).join(', ')
    const again = lanes.reduce((sum, lane) => sum + lane.again, 0)
    console.log(
      `killed with seed ${SEED} on ${ENGINE}: ${KILLS} instances (${told}) in ${Math.round((performance.now() - began) / 1_000)} s; each of ${KILLS} alerts arrived, ${again} messages again`,
    )
    for (const [nth, death] of DEATHS.entries())
      expect(deaths[nth], `${death}, seed ${SEED}`).toBeGreaterThan(0)
  },
)

/** Kills so many instances on one store, each with one more rule that has to ring. */
async function kill(kills: number, random: Random) {
  const data = await makeTestData()
  const store = await data.open()
  const receiver = await startReceiver()
  await store.addOutput(SITE, testOutput('one', { url: receiver.url }))
  await storeTickets(store, Math.floor(Date.now() / 60_000) - 30, 3)
  const deaths = new Map<Death, number>()
  const recorded = new Map<string, number>()
  /** The fewest statements that each work had in one that was not killed before: so many there always are. */
  const statements = new Map<Death, number>()

  /** One that is not killed before is when its alert is committed and a message recorded after that. */
  const live = async (death: Death): Promise<Death> => {
    const isAtStatement = death !== 'sends' && death !== 'recorded'
    const nth = uniformInt(random, 1, statements.get(death) ?? 1)
    const dieAt = isAtStatement ? { work: death, nth, isAfter: uniformInt(random, 0, 1) === 1 } : null
    const child = start({ store: data.config, dieAt })
    receiver.answer = death === 'sends' ? () => child.send('SIGKILL') : 200
    const recordedAfter = child.heard('committed').then(() => child.heard('recorded', child.words.length))
    const told = await Promise.race([child.ended, recordedAfter.catch(() => null)])
    await child.kill()
    if (typeof told !== 'object' || told === null) return death
    for (const [work, count] of Object.entries(told.statements) as [Death, number][])
      statements.set(work, Math.min(count, statements.get(work) ?? count))
    return 'recorded'
  }
  for (let nth = 0; nth < kills; nth++) {
    await ask(store, nth)
    // The first one tells how many statements there are.
    const at = await live(DEATHS[(nth + DEATHS.length - 1) % DEATHS.length] ?? 'recorded')
    deaths.set(at, (deaths.get(at) ?? 0) + 1)
    const rows = await data.query('SELECT alert_id FROM outbox WHERE sent_ms IS NOT NULL')
    const times = timesOf(receiver)
    for (const { alert_id: id } of rows) {
      const key = `${String(id)}/started`
      if (!recorded.has(key)) recorded.set(key, times.get(key) ?? 0)
    }
  }
  receiver.answer = 200
  const last = start({ store: data.config, dieAt: null })
  const ids = async () => (await store.alertHistory({ siteId: SITE, limit: 1_000 })).map(({ id }) => id)
  await expect.poll(async () => (await ids()).length, { timeout: 30_000 }).toBe(kills)
  await expect.poll(async () => (await store.outputs(SITE))[0]?.waiting, { timeout: 30_000 }).toBe(0)
  await last.kill()
  expect(await data.query('SELECT alert_id FROM outbox WHERE due_ms IS NOT NULL')).toEqual([])
  const times = timesOf(receiver)
  const alerts = await store.alertHistory({ siteId: SITE, limit: 1_000 })
  // Each rule rang once, and what was sent is what was committed.
  expect(new Set(alerts.map(({ rule }) => rule.id)).size).toBe(kills)
  for (const { transitions } of alerts) expect(transitions.map(({ kind }) => kind)).toEqual(['started'])
  expect(new Set(times.keys())).toEqual(new Set(alerts.map(({ id }) => `${id}/started`)))
  for (const [key, count] of recorded) expect([key, times.get(key)]).toEqual([key, count])
  expect(recorded.size).toBeGreaterThan(0)
  return { deaths, again: receiver.received.length - kills }
}

/** One more rule that is true now. There are fifty at most: those that rang are removed. */
async function ask(store: Store, nth: number): Promise<void> {
  await fetchedUpTo(store, Date.now())
  const rang = new Set((await store.alertHistory({ siteId: SITE, limit: 1_000 })).map(({ rule }) => rule.id))
  for (const { id, revision } of await store.alertRules(SITE))
    if (rang.has(id)) await store.removeAlertRule(SITE, id, revision, () => null)
  await store.addAlertRule(SITE, {
    ...AT_LEAST_3,
    id: `r${nth}`,
    name: `Storm ${nth}`,
    condition: { kind: 'at-least', tickets: 3, minutes: 600 },
  })
}
