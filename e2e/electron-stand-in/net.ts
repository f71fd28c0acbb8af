import { EventEmitter } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type * as Electron from 'electron'
import { carried } from './carried.ts'

/** The part of Electron's request that electron-updater uses. */
type Asked = Omit<Electron.ClientRequestConstructorOptions, 'session'> & {
  readonly headers?: http.OutgoingHttpHeaders
}

/** Requests by Node's own client: no proxy, no cache, the certificates that Node believes. */
export const net = carried('net', {
  request: (options: string | Electron.ClientRequestConstructorOptions) =>
    carried('ClientRequest', new NodeRequest(options as Asked)) as unknown as Electron.ClientRequest,
} satisfies Partial<Electron.Net>)

class NodeRequest extends EventEmitter {
  readonly #request: http.ClientRequest

  constructor({ protocol = 'https:', hostname, port, path, method = 'GET', headers }: Asked) {
    super()
    const client = protocol === 'https:' ? https : http
    this.#request = client.request({ protocol, hostname, port, path, method, headers })
    this.#request.on('error', (error) => this.emit('error', error))
    this.#request.on('close', () => this.emit('close'))
    this.#request.on('response', (response) => {
      const { location } = response.headers
      if ((response.statusCode ?? 0) < 300 || (response.statusCode ?? 0) >= 400 || location === undefined) {
        this.emit('response', response)
        return
      }
      response.resume()
      const address = new URL(location, `${protocol}//${hostname}:${port}${path}`).href
      this.emit('redirect', response.statusCode, method, address, response.headers)
      if (!this.#request.destroyed)
        this.emit('error', new Error('Electron stand-in: redirects are not carried'))
    })
  }

  end = (body?: string | Buffer): void => void this.#request.end(body)

  abort(): void {
    this.#request.on('error', () => {}) // that it was hung up
    this.#request.destroy()
    this.emit('abort')
  }
}
