import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { sleep } from '../runtime/async.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { startFaultProxy, type FaultProxy } from '../../test-support/fault-proxy.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { makeTestData, type TestData } from '../../test-support/store/store.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { hastyClock, openTestSync, watchedSearch, type TestSync } from '../../test-support/sync/sync.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'
import { syncScope } from './scope.ts'
import { leadLease } from './sync-lease.ts'

/** From the first fetch that failed to the first that another one made. */
const PROMISED_MS = 20_000
const PATIENCE = { timeout: 40_000, interval: 20 }
const SLOW = { timeout: 120_000 }
const BEGINS = 'this instance fetches for all who share the store'
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

interface Member extends TestSync {
  readonly host: string
  /** Its way to Jira. */
  readonly way: FaultProxy
  readonly searches: () => number
  /** Times that it asked Jira who it is. */
  readonly proofs: () => number
  /** Times that it began to lead. */
  readonly terms: () => number
  /** From whom it took the lead. */
  readonly tookFrom: readonly (string | null)[]
}

interface Team {
  readonly site: TestSite
  readonly data: TestData
}

async function openTeam(): Promise<Team> {
  return { site: await startSite(), data: await makeTestData() }
}

interface JoinOptions {
  readonly firstByteMs?: number
  readonly intervalMs?: number
  /** Called around each time that the one of that name asks Jira who it is. */
  readonly whileProving?: WhileProving
}

type WhileProving = <T>(host: string, prove: () => Promise<T>) => Promise<T>

const NOTHING_ELSE: WhileProving = (_host, prove) => prove()

/** An instance on a machine of that name, with a way to Jira and connections to the store of its own. */
async function join(
  { site, data }: Team,
  host: string,
  { firstByteMs = 2_000, intervalMs = 400, whileProving = NOTHING_ELSE }: JoinOptions = {},
): Promise<Member> {
  const { url, email, apiToken } = site.sandbox
  const way = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })
  onTestFinished(() => way.close())
  const timeouts = { firstByteMs, callMs: firstByteMs }
  const own = { url: `http://127.0.0.1:${way.port}`, email, apiToken, clock: hastyClock, timeouts }
  const jira = createCloudJira(own)
  let [searches, proofs] = [0, 0]
  const counted = watchedSearch(
    {
      ...jira,
      identity(signal) {
        proofs += 1
        return whileProving(host, () => jira.identity(signal))
      },
    },
    () => void searches++,
  )
  let terms = 0
  const tookFrom: (string | null)[] = []
  const opened = await openTestSync(counted, {
    store: await data.open(),
    host,
    owner: `${host}/1/${host}`,
    intervalMs,
    log: {
      ...pino({ level: 'silent' }),
      info: (...said: unknown[]) => void (terms += said.includes(BEGINS) ? 1 : 0),
    },
    onTookLead: (from) => void tookFrom.push(from.host),
  })
  opened.sync.start()
  return {
    ...opened,
    host,
    way,
    tookFrom,
    searches: () => searches,
    proofs: () => proofs,
    terms: () => terms,
  }
}

function statusOf({ sync, host }: Member) {
  return expect.poll(() => sync.status(), { ...PATIENCE, message: host })
}

const leads = (one: Member): Promise<unknown> =>
  statusOf(one).toMatchObject({ by: null, failure: null, lastSuccessMs: expect.any(Number) })
const follows = (one: Member, leader: Member): Promise<unknown> =>
  statusOf(one).toMatchObject({ by: leader.host, lastSuccessMs: expect.any(Number) })

/** Nothing gets from that machine to Jira any more, nor back. */
function cut({ way }: Member): void {
  way.refuse()
  way.cut()
}

async function holder({ store, scope }: Member): Promise<string | undefined> {
  const held = await store.leaseHolder('site-of-the-test', leadLease(syncScope(scope)))
  return held?.owner.split('/')[0]
}

/** Resolves once it has tried so many times more, in vain. */
async function failsOn(one: Member, times: number): Promise<void> {
  const before = one.proofs() + one.searches()
  await expect.poll(() => one.proofs() + one.searches(), PATIENCE).toBeGreaterThanOrEqual(before + times)
}

async function startTwo(team: Team, options = {}): Promise<{ ada: Member; bob: Member }> {
  const ada = await join(team, 'ada', options)
  await leads(ada)
  const bob = await join(team, 'bob', options)
  await follows(bob, ada)
  return { ada, bob }
}

test(
  'a leader that is cut off from Jira gives the lead to one that is not, says why, and does not take it back',
  SLOW,
  async () => {
    const team = await openTeam()
    const { ada, bob } = await startTwo(team)
    cut(ada)
    await team.site.sandbox.add(TICKET)
    const beganMs = performance.now()
    await expect.poll(async () => (await bob.stored()).length, PATIENCE).toBe(1)
    const tookMs = Math.round(performance.now() - beganMs)
    console.log(`handed over ${tookMs} ms after the leader was cut off from Jira`)
    expect(tookMs).toBeLessThanOrEqual(promisedMs(PROMISED_MS))
    await leads(bob)
    await statusOf(ada).toMatchObject({
      by: 'bob',
      state: 'idle',
      failure: null,
      storedTickets: 1,
      cutOff: { code: 'jira-unreachable', sinceMs: expect.any(Number), what: expect.stringMatching(/reach/) },
    })
    expect(bob.sync.status().cutOff).toBeNull()
    expect(bob.tookFrom).toEqual(['ada'])

    ada.way.heal()
    await failsOn(bob, 10) // it goes on, with success
    expect(await holder(bob)).toBe('bob')
    const before = ada.searches()
    await team.site.sandbox.add(TICKET)
    await statusOf(ada).toMatchObject({ by: 'bob', storedTickets: 2 })
    expect(ada.searches()).toBe(before)
    expect(ada.tookFrom).toEqual([])
    expect([ada.terms(), bob.terms()]).toEqual([1, 1])
    await ada.sync.now()
    expect(ada.sync.status().cutOff).toBeNull()
    expectTruth(await ada.truth(), await truthOf(team.site.sandbox, ada.scope))
  },
)

test('where nobody reaches Jira the lead stays where it is, until one does', SLOW, async () => {
  const team = await openTeam()
  const { ada, bob } = await startTwo(team)
  const cy = await join(team, 'cy')
  await follows(cy, ada)
  for (const one of [ada, bob, cy]) cut(one)
  await statusOf(ada).toMatchObject({ state: 'failing', failure: { code: 'jira-unreachable' } })
  await Promise.all([failsOn(bob, 2), failsOn(cy, 2)])
  expect(await holder(ada)).toBe('ada')
  expect([...bob.tookFrom, ...cy.tookFrom]).toEqual([])
  for (const one of [bob, cy]) await statusOf(one).toMatchObject({ by: 'ada', state: 'failing' })

  cy.way.heal()
  await leads(cy)
  await Promise.all([follows(ada, cy), follows(bob, cy)])
  expect(cy.tookFrom).toEqual(['ada'])
  expect(bob.tookFrom).toEqual([])
})

test('a leader that reaches Jira again before anybody else goes on', SLOW, async () => {
  const team = await openTeam()
  const { ada, bob } = await startTwo(team)
  cut(ada)
  cut(bob)
  await failsOn(bob, 1)
  ada.way.heal()
  await leads(ada)
  const tries = bob.proofs()
  bob.way.heal()
  await failsOn(ada, 10)
  expect(await holder(ada)).toBe('ada')
  expect(bob.tookFrom).toEqual([])
  expect(bob.proofs()).toBe(tries)
  expect(bob.sync.status()).toMatchObject({ by: 'ada', failure: null })
})

test('one that is alone keeps the lead, and tries as it always did', SLOW, async () => {
  const team = await openTeam()
  const ada = await join(team, 'ada')
  await leads(ada)
  cut(ada)
  await statusOf(ada).toMatchObject({ state: 'failing' })
  const { failure } = ada.sync.status()
  await failsOn(ada, 5)
  await statusOf(ada).toMatchObject({ by: null, state: 'failing', failure: { sinceMs: failure?.sinceMs } })
  ada.way.heal()
  await ada.sync.now()
  await leads(ada)
  expect(ada.terms()).toBe(1)
})

test('what Jira itself answers moves nobody’s lead', SLOW, async () => {
  const team = await openTeam()
  const { ada, bob } = await startTwo(team)
  await team.site.sandbox.setFaults([{ match: {}, kind: 'status-503' }])
  await statusOf(ada).toMatchObject({ state: 'failing' })
  const tries = bob.proofs()
  await failsOn(ada, 5)
  expect(await holder(ada)).toBe('ada')
  expect(bob.proofs()).toBe(tries)
})

test(
  'one that was cut off lets others go first when the lead is free, and leads where none does',
  SLOW,
  async () => {
    const team = await openTeam()
    const { ada, bob } = await startTwo(team)
    cut(ada)
    await leads(bob)
    await follows(ada, bob)
    const cy = await join(team, 'cy')
    await follows(cy, bob)
    await bob.sync.stop()
    await leads(cy)
    await follows(ada, cy)
    expect(cy.tookFrom).toEqual([])

    ada.way.heal()
    await cy.sync.stop()
    await leads(ada)
    expect(ada.sync.status().cutOff).toBeNull()
  },
)

test('a Jira that takes connections and never answers is left by its leader, too', SLOW, async () => {
  const team = await openTeam()
  const { ada, bob } = await startTwo(team, { firstByteMs: 1_000 })
  ada.way.blackhole()
  await team.site.sandbox.add(TICKET)
  await expect.poll(async () => (await bob.stored()).length, PATIENCE).toBe(1)
  await follows(ada, bob)
  expect(bob.tookFrom).toEqual(['ada'])
})

test('of many that follow one at a time tries whether it reaches Jira', SLOW, async () => {
  const team = await openTeam()
  const ada = await join(team, 'ada')
  await leads(ada)
  const trying: string[] = []
  const seen: string[] = []
  /** So long that all would be at it at once. */
  const whileProving: WhileProving = async (host, prove) => {
    // Who leads asks for itself, whoever else still tries.
    if (others.some((one) => one.host === host && one.tookFrom.length > 0)) return prove()
    trying.push(host)
    seen.push(trying.join(' and '))
    await sleep(300)
    return prove().finally(() => trying.splice(trying.indexOf(host), 1))
  }
  const others: Member[] = []
  for (const host of ['cy', 'dan', 'eve', 'fay']) others.push(await join(team, host, { whileProving }))
  for (const one of others) await follows(one, ada)
  seen.length = 0
  cut(ada)
  await expect.poll(() => others.flatMap(({ tookFrom }) => tookFrom), PATIENCE).toEqual(['ada'])
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.filter((hosts) => hosts.includes(' and '))).toEqual([])
})
