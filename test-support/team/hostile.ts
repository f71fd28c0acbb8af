import type { ServerResponse } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../src-shared/contract/version.ts'
import type { Answers } from './front.ts'

/** Answers everything alike. */
export const page = (status: number, head: Record<string, string>, body: string): Answers => {
  return (_asked, response) => Boolean(response.writeHead(status, head).end(body))
}
/** Takes connections, and does with each what is said. */
export async function startHanging(behave: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.once('data', () => behave(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const MB = 2 ** 20
const filler = Buffer.alloc(MB, 0x20)

/** 100 MB of JSON, by its length or without it, as fast as it is taken. */
export function pour(response: ServerResponse, sayLength: boolean): { readonly poured: () => number } {
  let megabytes = 0
  response.writeHead(200, {
    'content-type': 'application/json',
    [VERSION_HEADER]: String(CONTRACT_VERSION),
    ...(sayLength && { 'content-length': 100 * MB }),
  })
  const more = (): void => {
    while (megabytes < 100 && !response.destroyed) {
      megabytes += 1
      if (!response.write(filler)) return void response.once('drain', more)
    }
    response.end()
  }
  response.on('error', () => {})
  more()
  return { poured: () => megabytes }
}
