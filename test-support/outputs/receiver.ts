import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { AlertMessage } from '../../src-shared/contract/alerts/alerts.ts'
import type { StoredOutput } from '../../src-main/store/alerts/outputs.ts'
import { atEnd } from '../end.ts'

interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What it does with a request: answers with a status, or as it likes. */
type Answer = number | ((response: ServerResponse, request: Received) => void)

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** How many connections were made to it. */
  readonly connections: () => number
  /** From now on. */
  answer: Answer
}

/** A server that takes messages of alerts, gone when the test ends. */
export async function startReceiver(first: Answer = 200): Promise<Receiver> {
  const received: Received[] = []
  let connections = 0
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const one = { path: request.url ?? '', headers: request.headers, body }
        received.push(one)
        const { answer } = receiver
        if (typeof answer === 'number') response.writeHead(answer).end()
        else answer(response, one)
      },
      () => {}, // its sender was killed
    )
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => connections,
    answer: first,
  }
  return receiver
}

export function testOutput(id: string, parts: Partial<StoredOutput> = {}): StoredOutput {
  return {
    id,
    name: `Output ${id}`,
    kind: 'webhook',
    url: 'https://alerts.example.com/hook',
    needsSecret: false,
    allowPrivate: true,
    revision: `${id}-1`,
    createdMs: 1_000,
    ...parts,
  }
}

export function testMessage(alertId: string, parts: Partial<AlertMessage> = {}): AlertMessage {
  const transition = parts.transition ?? 'started'
  return {
    alertId,
    key: transition,
    transition,
    atMs: 1_767_225_600_000,
    rule: { id: 'r1', name: 'Storm', scope: {}, condition: { kind: 'at-least', tickets: 8, minutes: 5 } },
    site: 'example.atlassian.net',
    title: '31 High or Highest tickets since 14:02 (8 min)',
    sentences: [
      'Usual on a Tuesday at this hour: 9, seldom over 16.',
      'Chance does this less than once in 30 days.',
    ],
    numbers: {
      tickets: 31,
      fromMinute: 29_453_752,
      toMinute: 29_453_760,
      usual: 9,
      seldomOver: 16,
      peak: 31,
      onsetMs: 1_767_225_120_000,
    },
    address: 'from=2026-01-01T00:00Z&to=2026-01-01T01:00Z',
    rehearsal: null,
    ...parts,
  }
}
