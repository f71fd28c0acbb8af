import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src-main/runtime/clock.ts'
import { createCloudJira, type CloudOptions } from '../../src-main/jira/cloud/cloud.ts'
import type { Jira } from '../../src-main/jira/jira.ts'

interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** What a server does with the n-th request, from 0: an answer in the raw, for the faults that no sandbox has. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest, n: number) => void

export type RawServer = Awaited<ReturnType<typeof startRawServer>>

/** A bare HTTP server on a free port, closed when the test ends. */
export async function startRawServer(behave: Behaviour) {
  const requests: ReceivedRequest[] = []
  const listener: RequestListener = (incoming, response) => {
    void text(incoming).then((body) => {
      const { method = '', url = '', headers } = incoming
      const request = {
        method,
        path: url,
        headers,
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
      }
      requests.push(request)
      behave(response, request, requests.length - 1)
    })
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${port}`, port, requests, close }
}

/** Answers JSON as Jira does. */
export function answerJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers })
  response.end(JSON.stringify(body))
}

export interface JumpClock extends Clock {
  /** The waits asked for, in ms. */
  readonly waits: readonly number[]
}

/** A clock that jumps over every wait. */
export function createJumpClock(startMs = 1_800_000_000_000): JumpClock {
  let nowMs = startMs
  const waits: number[] = []
  return {
    waits,
    now: () => nowMs,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      waits.push(ms)
      nowMs += ms
    },
  }
}

export interface StepClock extends Clock {
  /** Goes from one wait's end to the next until nobody waits any more. */
  run(): Promise<void>
}

/** A clock that stands still until it is run, for those who wait at the same time. */
export function createStepClock(startMs = 1_800_000_000_000): StepClock {
  let nowMs = startMs
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ untilMs: nowMs + ms, wake: resolve })
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      }),
    async run() {
      for (await setImmediate(); sleepers.length > 0; await setImmediate()) {
        nowMs = Math.min(...sleepers.map(({ untilMs }) => untilMs))
        const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs)
        sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs)
        for (const { wake } of due) wake()
      }
    },
  }
}

export const TEST_TOKEN = 'ATATT3xFfGF0-planted-test-token'

/** Our client to a server of a test. */
export function jiraAt(url: string, options: Partial<CloudOptions> = {}): Jira {
  return createCloudJira({
    url,
    email: 'ada@example.com',
    apiToken: TEST_TOKEN,
    clock: createJumpClock(),
    ...options,
  })
}

/** The fields that every reader asks for, besides the watched one. */
export const ASKED = [
  'summary',
  'status',
  'created',
  'updated',
  'labels',
  'project',
  'issuetype',
  'components',
  'reporter',
]

/** An issue as search/jql gives it with our fields, with whatever a test wants otherwise. */
export function wireIssue(id: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: String(id),
    key: `TPM-${id}`,
    self: `http://127.0.0.1/rest/api/3/issue/${id}`,
    fields: {
      summary: `Ticket ${id}`,
      priority: { id: '2', name: 'High' },
      status: { name: 'To Do' },
      created: '2026-09-27T10:03:11.123+0200',
      updated: '2026-09-27T10:05:00.000+0200',
      labels: [],
      project: { id: '10000', key: 'TPM' },
      ...fields,
    },
  }
}
