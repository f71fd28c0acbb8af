import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { pino } from 'pino'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { createHookInbox } from '../../src-main/hooks/inbox.ts'
import {
  createHookServer,
  HOOKS_PATH,
  type HookServerOptions,
} from '../../src-main/server/hooks/hook-server.ts'
import type { Store } from '../../src-main/store/store.ts'
import { atEnd } from '../end.ts'
import { openTestStore } from '../store/store.ts'

export const HOOKS_SECRET = "It's a Secret to Everybody"
export const HOOKS_SITE = 'https://example.atlassian.net'
const SITE_ID = 'site-of-the-test'

/** What Jira sends when a ticket was changed, as REST v2 shows it: the fields that matter, and others. */
export function hookBody(id: number, more: { event?: string; atMs?: number; site?: string } = {}): string {
  const { event = 'updated', atMs = machineClock.now(), site = HOOKS_SITE } = more
  const stamp = new Date(atMs).toISOString().replace('Z', '+0000')
  return JSON.stringify({
    timestamp: atMs,
    webhookEvent: `jira:issue_${event}`,
    issue_event_type_name: 'issue_generic',
    issue: {
      id: String(id),
      self: `${site}/rest/api/2/issue/${id}`,
      key: `TPM-${id}`,
      fields: { summary: 'a title that nobody is to see', created: stamp, updated: stamp },
    },
    changelog: { id: '1', items: [] },
  })
}

export function signature(body: string | Buffer, secret = HOOKS_SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** Sends a body as Jira does, signed unless the headers say otherwise. */
export function sendHook(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const usual = { 'content-type': 'application/json', 'x-hub-signature': signature(body) }
  return fetch(url, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { ...usual, ...headers },
  })
}

const CONNECTIONS = 20

/** Sends bodies all at once, one right behind the other on a few connections. Gives those that were not taken. */
export async function pourHooks(url: string, bodies: readonly string[]): Promise<string[]> {
  const lanes = Array.from({ length: CONNECTIONS }, (_, n) =>
    bodies.filter((_body, at) => at % CONNECTIONS === n),
  )
  return (await Promise.all(lanes.map((lane) => pourOne(url, lane)))).flat()
}

async function pourOne(url: string, bodies: readonly string[]): Promise<string[]> {
  if (bodies.length === 0) return []
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port), hostname)
  for (const body of bodies) {
    const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n`
    const signed = `x-hub-signature: ${signature(body)}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    socket.write(head + signed + body)
  }
  let text = ''
  let answered: (string | undefined)[] = []
  for await (const chunk of socket) {
    text += String(chunk)
    answered = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)
    if (answered.length >= bodies.length) break
  }
  return bodies.filter((_body, at) => answered[at] !== '204')
}

/** A listener of its own over a store, both ended with the test. */
export async function startHookServer(
  options: Partial<HookServerOptions> & { readonly store?: Store; readonly baseUrl?: string } = {},
) {
  const { store = await openTestStore(), baseUrl = HOOKS_SITE, ...rest } = options
  const inbox = createHookInbox({
    siteId: SITE_ID,
    store,
    time: { now: () => machineClock.now() },
    baseUrl: () => baseUrl,
  })
  const server = createHookServer({
    inbox: () => inbox,
    secret: HOOKS_SECRET,
    place: { host: '127.0.0.1', port: 0 },
    access: { tls: null, behindProxy: false, trustProxy: null },
    log: pino({ level: 'silent' }),
    ...rest,
  })
  atEnd(() => server.stop())
  const { url } = await server.start()
  return {
    url,
    origin: url.slice(0, -HOOKS_PATH.length),
    store,
    book: () => store.hookBook(SITE_ID, 'all'),
    unread: async () => (await store.unreadHooks(SITE_ID, 'all')).hooks.map(({ issueId }) => issueId),
    stop: () => server.stop(),
  }
}
