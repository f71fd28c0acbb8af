import { loadavg } from 'node:os'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { freePort } from '../../test-support/free-port.ts'
import { promisedMs } from '../../test-support/promised.ts'
import type { TestPrograms } from '../../test-support/setup.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startCluster, type Cluster } from './cluster.ts'
import { heldBy, watchedKeys } from './ledger.ts'
import { failOver } from './failover.ts'
import { prepareServer } from './server.ts'
import { until } from './until.ts'
import { openViewer, type Viewer } from './viewer.ts'

const DATABASE = 'tpm'
const PATIENCE_MS = 300_000
const HISTORY = 200
const SLOTS = 60
const STRANGERS = 30
/** From the first write that a new primary takes: HAProxy's half second, and one try at most. */
const OURS_MS = 2_000

let cluster: Cluster
let site: TestSandbox
beforeAll(async () => {
  cluster = await startCluster()
  site = await startTestSandbox({ historyTickets: HISTORY })
  await queryOnce(cluster.url(), `CREATE DATABASE ${DATABASE}`)
}, PATIENCE_MS)
afterAll(async () => {
  await site?.stop()
  await cluster?.stop()
}, PATIENCE_MS)

/** A server that fetches and works on runs, over the cluster, and one who looks on. */
async function serve(): Promise<Viewer> {
  const { cli }: TestPrograms = inject('programs')
  const server = prepareServer(cluster.machine, {
    cli,
    name: 'server',
    port: await freePort(),
    env: {
      DATABASE_URL: cluster.url(DATABASE),
      JIRA_URL: site.url,
      JIRA_USER: site.email,
      JIRA_API_KEY: site.apiToken,
      JIRA_PROJECT: 'TPM',
    },
  })
  onTestFinished(() => server.kill())
  await server.start()
  const { token } = await server.command('token', 'create', '--scope', 'admin')
  const viewer = openViewer(server.url, String(token))
  onTestFinished(() => viewer.close())
  return viewer
}

test(
  'kill -9 of the primary in the middle of a run and of fetches: all is right again, nothing is lost, nothing is there twice',
  { timeout: PATIENCE_MS },
  async () => {
    const viewer = await serve()
    const confirmedSite = (await viewer.call('session.get', {})).site.id
    await viewer.call('runs.start', { count: SLOTS, minutes: 0.5, profile: 'even', confirmedSite })
    const created = async (): Promise<number> => (await viewer.call('runs.current', {}))?.created ?? 0
    await until('a run is under way', async () => (await created()) >= 5)
    const strangers = makeTickets(STRANGERS)

    const primary = await cluster.settled()
    const outage = await failOver(cluster.nodes, {
      url: cluster.url(),
      database: DATABASE,
      viewers: [viewer],
      strike: () => primary.kill(),
    })
    console.info(
      `A primary after ${outage.primaryMs} ms, by HAProxy after ${outage.ledMs} ms, ours written after ${outage.writtenMs} ms, shown after ${outage.shownMs} ms (load ${loadavg()[0]?.toFixed(1)})`,
    )
    await strangers

    const causes = new Set<string>()
    await until('the run is done', async () => {
      const run = await viewer.call('runs.current', {})
      if (run?.state === 'paused') causes.add(run.cause.code)
      return run?.state === 'done'
    })
    // Nobody said a word to it: it waited for its store, at most, and went on.
    expect([...causes].filter((cause) => cause !== 'store-away')).toEqual([])
    const wanted = await watchedKeys(site)
    await until(
      'every ticket is stored',
      async () => (await heldBy(cluster.url(DATABASE))).keys.length >= wanted.length,
    )
    const held = await heldBy(cluster.url(DATABASE))
    expect(held).toEqual({ slots: { created: SLOTS }, keys: wanted, counted: wanted.length })
    expect(await site.truth()).toHaveLength(HISTORY + SLOTS + STRANGERS)
    expect(await viewer.call('audit.run', {})).toMatchObject({ ok: true, planned: SLOTS, created: SLOTS })
    expect(await viewer.call('audit.span', { ...viewer.span })).toMatchObject({ ok: true })
    await until('the chart shows every ticket', () => viewer.total() === wanted.length)
    expect(outage.writtenMs - outage.primaryMs).toBeLessThan(promisedMs(OURS_MS))
  },
)

/** Somebody else's, that are watched, two a second. */
async function makeTickets(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await site.add({ priority: { id: '2' } })
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
