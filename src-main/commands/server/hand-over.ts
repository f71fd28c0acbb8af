import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** So long a browser may take to come (real ms). */
const COMES_WITHIN_MS = 60_000

/**
 * Serves a link once, at an address of this machine that says nothing of it: an argument list is read by every user of
 * the machine, and the link lets its first reader in. Where the system says whose a connection is, no other user gets it.
 * Over with the first that did, after a minute, or with `close`.
 */
export async function handOver(link: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const path = `/${randomBytes(24).toString('base64url')}`
  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store').setHeader('referrer-policy', 'no-referrer')
    response.setHeader('connection', 'close')
    if (isWanted(request, path, url) && isOurs(request.socket)) {
      response.writeHead(303, { location: link }).end()
      close()
    } else {
      response.writeHead(404).end()
    }
  })
  const timer = setTimeout(() => close(), COMES_WITHIN_MS)
  const close = (): void => {
    clearTimeout(timer)
    server.close()
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  server.unref()
  timer.unref()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  return { url, close }
}

function isWanted({ method, url, headers }: IncomingMessage, path: string, whole: string): boolean {
  return method === 'GET' && url === path && headers.host === new URL(whole).host
}

/** Whether a connection was made by this user, or by root, as Windows' relay into its Linux is. */
function isOurs(socket: Socket): boolean {
  const uid = callerOf(socket)
  return uid === null || uid === 0 || uid === process.getuid?.()
}

/** The user at the other end of a connection within this machine; null where the system does not say. */
function callerOf({ localPort, remotePort }: Socket): number | null {
  if (process.platform !== 'linux') return null
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/)
    if (local === kernelAddress(remotePort) && remote === kernelAddress(localPort)) return Number(uid)
  }
  return null
}

/** A port of 127.0.0.1 as Linux writes it there. */
function kernelAddress(port = 0): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
}
