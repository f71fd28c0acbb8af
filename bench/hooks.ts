import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { ticketsDrawn, whenDrawn } from '../e2e/fixtures/chart.ts'
import { findChromium } from '../e2e/fixtures/chromium.ts'
import { runCommand } from '../e2e/fixtures/command.ts'
import { EVENTS, wantedWebhook } from '../src-main/commands/hooks/registration.ts'
import { freePort } from '../test-support/free-port.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { onPostgres, type BenchDatabase } from './fixtures/postgres.ts'
import { makeTokens, makeTokensIn } from '../test-support/tokens/make-tokens.ts'
import { serveWorkspace } from './fixtures/served-workspace.ts'

const SECRET = 'a secret of sixteen or more'
const CALM = { tickets: 30, everyMs: 1_000 }
const STORM = { tickets: 500, everyMs: 20 }

/**
 * The built `jira-tpm serve --hooks` over SQLite and over PostgreSQL, the sandbox that sends it webhooks, and a browser that shows the dashboard,
 * on the same machine. What is received is timed at a relay before the server.
 */
export async function run(): Promise<BenchResult[]> {
  const ofFile = await measure(null)
  const ofServer = await onPostgres(async (server) => measure(await server.database('hooks')))
  return [...ofFile, ...ofServer.map((result) => ({ ...result, name: `PostgreSQL: ${result.name}` }))]
}

/** Null: over SQLite. */
async function measure(database: BenchDatabase | null): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const site = await startTestSandbox()
  const [relay, hooksPort] = [createRelay(), await freePort()]
  const relayUrl = await relay.listen(hooksPort)
  const env = {
    JIRA_URL: site.url,
    JIRA_USER: site.email,
    JIRA_API_KEY: site.apiToken,
    JIRA_TPM_HOOKS: 'true',
    JIRA_TPM_HOOKS_PORT: String(hooksPort),
    JIRA_WEBHOOK_SECRET: SECRET,
    ...(database !== null && { DATABASE_URL: database.url }),
  }
  const [token = ''] = database === null ? await makeTokens(dataDir, 1) : await tokensIn(database, dataDir)
  const served = await serveWorkspace(dataDir, token, [], env)
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
  try {
    await register(site, relayUrl)
    const link = /\/#code=[\w-]+/.exec(await runCommand(dataDir, ['token', 'link'], env))?.[0] ?? ''
    const page = await browser.newPage()
    await page.goto(served.url + link)
    await site.add({ priority: { id: '1' } })
    await whenDrawn(page, 1)
    const calm = await delays(page, site, relay.receivedMs, CALM)
    const storm = await delays(page, site, relay.receivedMs, STORM)
    return [
      { name: 'load of the machine', value: loadavg()[0] ?? Number.NaN, unit: '' },
      atMost(700, { name: 'hook received → bar drawn, p95', value: percentile(calm.told, 0.95), unit: 'ms' }),
      atMost(1_000, { name: 'ticket made → bar drawn, p95', value: percentile(calm.made, 0.95), unit: 'ms' }),
      { name: '… p50', value: percentile(calm.made, 0.5), unit: 'ms' },
      atMost(1_200, {
        name: 'ticket made → bar drawn, 50 tickets a second, p95',
        value: percentile(storm.made, 0.95),
        unit: 'ms',
      }),
      // What the makers of tickets and webhooks, and the relay, take of the same cores is not in it.
      { name: '… from its hook’s coming, p95', value: percentile(storm.told, 0.95), unit: 'ms' },
    ]
  } finally {
    await browser.close()
    await served.stop()
    await relay.close()
    await site.stop()
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

async function tokensIn(database: BenchDatabase, dataDir: string): Promise<string[]> {
  const store = await database.open()
  try {
    return await makeTokensIn(store, dataDir, 1, 'read')
  } finally {
    await store.close()
  }
}

async function register(site: TestSandbox, url: string): Promise<void> {
  const { name, jql } = wantedWebhook(url, null)
  const filters = { 'issue-related-events-section': jql }
  await site.request('POST', '/rest/webhooks/1.0/webhook', {
    name,
    url,
    events: EVENTS,
    filters,
    secret: SECRET,
  })
}

/** From each ticket's making, and from its hook's coming, until so many tickets are drawn, ms. */
async function delays(
  page: Page,
  site: TestSandbox,
  receivedMs: ReadonlyMap<string, number>,
  { tickets, everyMs }: { readonly tickets: number; readonly everyMs: number },
): Promise<{ readonly made: number[]; readonly told: number[] }> {
  const before = await ticketsDrawn(page)
  const beganMs = Date.now()
  const sent = Array.from({ length: tickets }, async (_, n) => {
    await delay(n * everyMs)
    const madeMs = Date.now()
    return { madeMs, ...(await site.add({ priority: { id: '1' } })) }
  })
  const drawing = drawnMoments(page, before, tickets)
  const all = (await Promise.all(sent)).toSorted((a, b) => a.madeMs - b.madeMs)
  const drawn = await drawing
  const of = (fromMs: number | undefined, n: number): number => (drawn[n] ?? Infinity) - (fromMs ?? beganMs)
  const received = all.map(({ id }) => receivedMs.get(id) ?? Number.NaN).toSorted((a, b) => a - b)
  return { made: all.map(({ madeMs }, n) => of(madeMs, n)), told: received.map((ms, n) => of(ms, n)) }
}

/** The epoch ms at which the bars showed one ticket more, two, … and so many. */
async function drawnMoments(page: Page, before: number, tickets: number): Promise<number[]> {
  const moments: number[] = []
  while (moments.length < tickets) {
    const atMs = await whenDrawn(page, before + moments.length + 1)
    const drawn = (await ticketsDrawn(page)) - before
    // What came between the two looks is taken for drawn at the first.
    moments.push(atMs)
    while (moments.length < Math.min(drawn, tickets)) moments.push(Date.now())
  }
  return moments
}

/** Passes webhooks on as they are, and notes when that of a new ticket came. */
function createRelay() {
  const receivedMs = new Map<string, number>()
  let port = 0
  const server: Server = createServer((incoming, answer) => {
    const atMs = Date.now()
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      const { issue } = JSON.parse(body.toString()) as { issue: { id: string } }
      if (!receivedMs.has(issue.id)) receivedMs.set(issue.id, atMs)
      const { headers, method, url } = incoming
      const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 500)
        given.pipe(answer)
      })
      onward.on('error', () => answer.writeHead(503).end())
      onward.end(body)
    })
  })
  return {
    receivedMs,
    async listen(onwardPort: number): Promise<string> {
      port = onwardPort
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/jira`
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
