import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** When it was all there, epoch ms. */
  readonly atMs: number
}

/** What it does with a request: answers with a status, or as it likes. */
export type Answer = number | ((response: ServerResponse, request: Received) => void)

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** How many connections were made to it. */
  readonly connections: () => number
  /** From now on. */
  answer: Answer
  /** Ends it, and the connections to it. */
  readonly close: () => Promise<void>
}

/** A server that takes messages of alerts. Whoever opens it closes it. */
export async function openReceiver(first: Answer = 200): Promise<Receiver> {
  const received: Received[] = []
  let connections = 0
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const one = { path: request.url ?? '', headers: request.headers, body, atMs: Date.now() }
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
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    connections: () => connections,
    answer: first,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
