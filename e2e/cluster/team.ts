import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { freePort } from '../../test-support/free-port.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { makeTokensIn } from '../../test-support/tokens/make-tokens.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { NEEDS_JIRA } from '../../src-main/sites/edge-site.ts'
import { openPostgresStore } from '../../src-main/store/postgres/store.ts'
import type { Cluster } from './cluster.ts'
import { startHaproxy } from './haproxy.ts'
import { openAlarms, type Alarms } from './meanwhile/alarms.ts'
import { openFirstFetches, type FirstFetches } from './meanwhile/first-fetches.ts'
import { openViewer, type Viewer } from './meanwhile/viewer.ts'
import { openViewers, type Viewers } from './meanwhile/viewers.ts'
import { prepareCommandLine, prepareServer, type CommandLine, type Server } from './server.ts'
import { until } from './until.ts'

export const DATABASE = 'tpm'

export interface Team {
  readonly site: TestSandbox
  /** As people call it. */
  readonly url: string
  /** Where Jira tells of changes. */
  readonly hooksUrl: string
  readonly edges: readonly Server[]
  /** The one that works on runs, and the one that stands by. */
  readonly fetchers: readonly Server[]
  /** Who may change things, by either edge. */
  readonly viewer: Viewer
  /** Those who look on, by either edge. */
  readonly viewers: Viewers
  /** Who uses the command line, signed in to the team's server as `viewer` is. */
  readonly operator: CommandLine
  readonly alarms: Alarms
  readonly firstFetches: FirstFetches
  /** For a browser, once. */
  link(): Promise<string>
  stop(): Promise<void>
}

interface TeamOptions {
  readonly cluster: Cluster
  /** The built command line. */
  readonly cli: string
  readonly viewers: number
  readonly signal: AbortSignal
}

/** Too few for an alarm. */
const HISTORY = { historyTickets: 60, historyHours: 1 }

/**
 * A sandbox Jira that tells of changes by webhooks, a server that fetches, one that stands by, two edges behind HAProxy, and
 * viewers, each over the cluster's database. The servers end with this process, however that ends.
 */
export async function startTeam({ cluster, cli, viewers: count, signal }: TeamOptions): Promise<Team> {
  await queryOnce(cluster.url(), `CREATE DATABASE ${DATABASE}`)
  const { machine, programs } = cluster
  const site = await startTestSandbox({ ...HISTORY, file: machine.place('jira.sqlite') })
  const edges = [await behind('edge1', false), await behind('edge2', false)]
  const fetchers = [await behind('fetcher', true), await behind('standby', true)]
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const known = {
    ...cluster.env(DATABASE),
    JIRA_URL: site.url,
    JIRA_USER: site.email,
    JIRA_PROJECT: 'TPM',
    JIRA_TPM_PUBLIC_URL: url,
    JIRA_TPM_BEHIND_PROXY: '1',
  }
  const secrets = { JIRA_API_KEY: site.apiToken, JIRA_WEBHOOK_SECRET: randomBytes(32).toString('hex') }
  const [first, second] = fetchers.map(({ hooksPort, ...place }) =>
    prepareServer(machine, {
      ...place,
      cli,
      flags: ['--hooks', '--hooks-port', String(hooksPort)],
      env: { ...known, ...secrets },
    }),
  ) as [Server, Server]
  const edgeServers = edges.map((place) =>
    prepareServer(machine, { ...place, cli, flags: ['--edge'], env: known }),
  )
  // The tables are made by the first; an edge knows what is watched once somebody has fetched.
  await first.start()
  await Promise.all([second, ...edgeServers].map((server) => server.start()))
  const config = teamFront({ port, edges, fetchers })
  await startHaproxy(machine, programs.haproxy, { name: 'front', config, port })
  const hooksUrl = `${url}/hooks/jira`
  await first.command('hooks', 'register', '--url', hooksUrl)
  const [token = '', ...tokens] = await makeTokens(cluster, count + 1)
  const signedIn = { JIRA_TPM_SERVER: url, JIRA_TPM_SERVER_TOKEN: token }
  const viewer = openViewer(url, token)
  await until('a chart', () => viewer.seq() >= 0, { signal })
  const viewers = await openViewers(machine.folder, url, tokens)
  const alarms = await openAlarms(viewer)
  const firstFetches = await openFirstFetches(cluster, cli)
  return {
    site,
    url,
    hooksUrl,
    edges: edgeServers,
    fetchers: [first, second],
    viewer,
    viewers,
    operator: prepareCommandLine(machine, { cli, name: 'operator', env: signedIn }),
    alarms,
    firstFetches,
    async link() {
      const { link } = await first.command('token', 'link', '--scope', 'admin', '--ttl', '2h')
      const code = /#.*/.exec(String(link))?.[0] ?? ''
      return `${url}/${code}`
    },
    async stop() {
      await viewers.close()
      await viewer.close()
      await alarms.close()
      await firstFetches.stop()
      await site.stop()
    },
  }
}

/** One for each who looks on: a server gives a caller as many calls at a time as a person needs. */
async function makeTokens(cluster: Cluster, count: number): Promise<string[]> {
  const place = { host: '127.0.0.1', port: Number(new URL(cluster.url()).port), database: DATABASE }
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
  const store = await openPostgresStore(testConfig(place), parts)
  try {
    return await makeTokensIn(store, cluster.machine.place('fetcher'), count, 'admin')
  } finally {
    await store.close()
  }
}

/** A program that serves, and its ports. */
interface Behind {
  readonly name: string
  readonly port: number
  /** Where it takes webhooks; null: it takes none. */
  readonly hooksPort: number | null
}

interface FrontParts {
  readonly port: number
  readonly edges: readonly Behind[]
  /** What takes a Jira goes to the first that is there. */
  readonly fetchers: readonly Behind[]
}

/** HAProxy before a team's servers: it does what Caddy does in compose.production.yaml. */
function teamFront({ port, edges, fetchers }: FrontParts): string {
  const host = `127.0.0.1:${port}`
  const takesJira = [...NEEDS_JIRA].map((method) => `/api/${method}`).join(' ')
  const asked = `  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host ${host}
  default-server check inter 500ms fall 2 rise 1`
  return `defaults
  mode http
  option forwardfor
  option redispatch 1
  retries 3
  retry-on conn-failure
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 2s

frontend team
  bind ${host}
  use_backend hooks if { path /hooks/jira }
  use_backend fetchers if { path ${takesJira} }
  default_backend edges

backend edges
  balance leastconn
${asked} on-marked-down shutdown-sessions
${edges.map(({ name, port: to }) => `  server ${name} 127.0.0.1:${to}`).join('\n')}

backend fetchers
${asked}
${fetchers.map(({ name, port: to }, n) => `  server ${name} 127.0.0.1:${to}${n === 0 ? '' : ' backup'}`).join('\n')}

backend hooks
  balance roundrobin
  default-server check inter 500ms fall 2 rise 1
${fetchers.map(({ name, hooksPort }) => `  server ${name} 127.0.0.1:${hooksPort}`).join('\n')}
`
}

async function behind(name: string, takesHooks: boolean): Promise<Behind> {
  return { name, port: await freePort(), hooksPort: takesHooks ? await freePort() : null }
}
