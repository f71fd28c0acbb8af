import type * as Electron from 'electron'
import type { Request as PageRequest, Route } from 'playwright'
import { carried } from './carried.ts'
import { person } from './person.ts'
import { originalUrl } from './scheme-urls.ts'

type Handler = (request: Request) => Response | Promise<Response>

const handlers = new Map<string, Handler>()

export const customSchemes: { has(scheme: string): boolean } = handlers

export const protocol = carried('protocol', {
  registerSchemesAsPrivileged(_schemes: Electron.CustomScheme[]): void {}, // https:, as which they travel, has it all
  handle(scheme: string, handler: Handler): void {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  },
} satisfies Partial<Electron.Protocol>)

/** Lets the app's own handler answer what the page asked of its scheme. */
export async function answerRoute(route: Route): Promise<void> {
  const asked = await requestOf(route.request())
  try {
    const handler = handlers.get(new URL(asked.url).protocol.slice(0, -1))
    if (!handler) return await route.abort('failed')
    const { status, headers, body } = await answerOf(handler, asked)
    await route.fulfill({ status, headers, body })
  } catch (error) {
    person.log.push(`the handler of ${asked.url} failed: ${String(error)}`)
    await route.abort('failed')
  }
}

async function requestOf(request: PageRequest): Promise<Request> {
  const sent = Object.entries(await request.allHeaders())
  const body = request.postDataBuffer()
  return new Request(originalUrl(request.url()), {
    method: request.method(),
    headers: sent.filter(([name]) => !name.startsWith(':')), // HTTP/2's pseudo-headers
    ...(body === null ? {} : { body: new Uint8Array(body) }),
  })
}

async function answerOf(handler: Handler, asked: Request) {
  const answer = await handler(asked)
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  }
}
