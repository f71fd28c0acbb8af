import type { IncomingMessage } from 'node:http'
import { AppError } from '../../src-shared/errors/app-error.ts'

const KEY = /^[+/0-9A-Za-z]{22}==$/
const VERSION = '13'

const EVENTS_PATH = '/api/events'

/**
 * What is wrong with a request that asks for another protocol than HTTP; null for a WebSocket (RFC 6455, 4.2.1) at the
 * one address that has them. `ws` refuses the same, but without our headers and words.
 */
export function faultOfUpgrade({ url, method, headers }: IncomingMessage): {
  error: AppError
  status: number
} | null {
  const isWebSocket =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === VERSION &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  if (isWebSocket && url?.split('?', 1)[0] === EVENTS_PATH) return null
  const error = new AppError(
    'bad-request',
    `The only other protocol here is WebSocket (version 13), at GET ${EVENTS_PATH}. Nothing was done.`,
  )
  return { error, status: 400 }
}
