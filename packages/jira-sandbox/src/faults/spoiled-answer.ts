import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Answers that no server would give on purpose. Each takes the connection over, which is what their null says. */

/** Breaks the connection off. */
export function reset(reply: FastifyReply): void {
  void reply.hijack()
  reply.raw.socket?.resetAndDestroy()
}

/** Promises the whole body, sends half, and says no more until somebody hangs up. */
export function stall(reply: FastifyReply, payload: string): null {
  const body = Buffer.from(payload)
  const response = begin(reply, { 'content-length': String(body.length) })
  response.write(body.subarray(0, Math.floor(body.length / 2)))
  return null
}

/** Sends half of the body and hangs up: before its promised length, or before its last chunk. */
export function cut(reply: FastifyReply, payload: string, way: 'length' | 'chunked'): null {
  const body = Buffer.from(payload)
  const response = begin(reply, way === 'length' ? { 'content-length': String(body.length) } : {})
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.end())
  return null
}

/** Sends the body in pieces, with a pause before each. */
export function drip(reply: FastifyReply, payload: string, pauseMs: number, pieceBytes: number): null {
  const body = Buffer.from(payload)
  const response = begin(reply, { 'content-length': String(body.length) })
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + pieceBytes))
    sent += pieceBytes
    if (sent < body.length) return
    clearInterval(timer)
    response.end()
  }, pauseMs)
  response.once('close', () => clearInterval(timer))
  return null
}

const BLANKS = Buffer.alloc(64 * 1_024, ' ')

/** Sends many blanks before the body: good JSON, if anybody reads so much of it. */
export function oversize(reply: FastifyReply, payload: string, bytes: number): null {
  const response = begin(reply, {})
  let left = bytes
  const pour = (): void => {
    while (left > 0 && !response.destroyed) {
      const piece = BLANKS.subarray(0, Math.min(left, BLANKS.length))
      left -= piece.length
      if (!response.write(piece)) return void response.once('drain', pour)
    }
    response.end(payload)
  }
  pour()
  return null
}

/** Sends the body without saying what it is. */
export function withoutType(reply: FastifyReply, payload: string): null {
  reply.removeHeader('content-type')
  begin(reply, {}).end(payload)
  return null
}

/** Takes the answer over: its status and headers go out as they were to be. */
function begin(reply: FastifyReply, headers: Readonly<Record<string, string>>): ServerResponse {
  const said = Object.entries({ ...reply.getHeaders(), ...headers })
  void reply.hijack()
  const response = reply.raw
  for (const [name, value] of said) if (value !== undefined) response.setHeader(name, value)
  response.writeHead(reply.statusCode)
  return response
}
