import type { RequestOptions } from 'node:http'
import type { ClientRequest } from 'electron'
import { ElectronHttpExecutor } from 'electron-updater/out/electronHttpExecutor.js'
import type { OpenRequest, OpenResponse, RequestGuard } from './request-guard.ts'

/** electron-updater's use of Electron's network, each request and each redirect past the guard. */
export class GuardedExecutor extends ElectronHttpExecutor {
  readonly #guard: RequestGuard

  constructor(guard: RequestGuard) {
    super()
    this.#guard = guard
  }

  override createRequest(options: RequestOptions, callback: (response: OpenResponse) => void): ClientRequest {
    const send = (answered: (response: OpenResponse) => void): OpenRequest =>
      super.createRequest(options, answered)
    return this.#guard.send(options.protocol, callback, send) as ClientRequest
  }
}
