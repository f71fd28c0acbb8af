import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { KeyPair } from '../jira/tls.ts'

/** A server that shows a certificate and passes everything on to a plain one; returns its address. */
export async function startTlsFront({ key, cert }: KeyPair, behind: string): Promise<string> {
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    const onward = request(new URL(behind).origin + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://localhost:${(server.address() as AddressInfo).port}`
}
