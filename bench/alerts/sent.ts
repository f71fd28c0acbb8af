import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { DEFAULT_SANDBOX, startSandbox } from '#jira-sandbox'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import { createTicketAt } from '../../e2e/fixtures/stranger.ts'
import { atMost, percentile, type BenchResult } from '../bench.ts'
import { openApp } from '../fixtures/open-app.ts'

const TIPS = 40
const FETCHED_EVERY_MS = 1_000
const HISTORY_WEEKS = 4
/** A message that takes longer is lost. */
const PATIENCE_MS = 30_000
/** Its tickets are all ours: the history is another's. */
const PROJECT = 'OPS'

/**
 * From before a ticket's creation in the sandbox, by a stranger, to the request of its alert at a receiver: by a whole program
 * that fetches each second, with four weeks of tickets in its store. Of forty rules each ticket tips one more; those before it
 * go on as alerts, so that all forty are evaluated and written at each commit.
 */
export async function sent(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const site = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: {
      ...DEFAULT_SANDBOX,
      historyWeeks: HISTORY_WEEKS,
      projects: [
        { key: 'TPM', name: 'Tickets per minute' },
        { key: PROJECT, name: 'Operations' },
      ],
    },
  })
  const opened = await openApp({ syncIntervalMs: FETCHED_EVERY_MS }, site)
  const receiver = await startReceiver()
  try {
    await opened.app.client.call('sync.now', {})
    await opened.app.client.call('outputs.add', {
      name: 'Receiver',
      kind: 'webhook',
      url: receiver.url,
      allowPrivate: true,
    })
    for (let tickets = 1; tickets <= TIPS; tickets++) {
      const condition = { kind: 'at-least', tickets, minutes: 60 } as const
      await opened.app.client.call('alerts.add', {
        name: `${tickets}`,
        scope: { project: PROJECT },
        condition,
      })
    }
    const samples: number[] = []
    for (let tip = 1; tip <= TIPS; tip++) {
      // Tickets come at any moment between two fetches.
      await delay((tip * 137) % FETCHED_EVERY_MS)
      const began = performance.now()
      await createTicketAt(site, `Measured ticket ${tip}`, PROJECT)
      samples.push((await receiver.got(`${tip}`)) - began)
    }
    return [
      {
        name: 'ticket that tips a rule to its notification, p50',
        value: percentile(samples, 0.5),
        unit: 'ms',
      },
      atMost(3_000, {
        name: `ticket that tips a rule to its notification, fetching every second, p95 of ${TIPS}`,
        value: percentile(samples, 0.95),
        unit: 'ms',
      }),
    ]
  } finally {
    await opened.close()
    await receiver.close()
    await site.stop()
    await rm(folder, { recursive: true })
  }
}

/** A server that takes messages, and knows when each rule's first one came. */
async function startReceiver() {
  const came = new Map<string, PromiseWithResolvers<number>>()
  const of = (rule: string): PromiseWithResolvers<number> => {
    const found = came.get(rule) ?? Promise.withResolvers<number>()
    came.set(rule, found)
    return found
  }
  const server = createServer((request, response) => {
    const atMs = performance.now()
    void text(request).then((body) => {
      of((JSON.parse(body) as AlertMessage).rule.name).resolve(atMs)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** When the request of a rule's message began, as `performance.now` has it. */
    async got(rule: string): Promise<number> {
      const late = new AbortController()
      const lost = delay(PATIENCE_MS, null, { signal: late.signal }).then(() => {
        throw new Error(`No message of the rule ${rule} came`)
      })
      lost.catch(() => {}) // it came
      const atMs = await Promise.race([of(rule).promise, lost])
      late.abort()
      return atMs
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await sent())
