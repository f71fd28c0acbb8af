import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { methods, type MethodName, type Params, type Result } from '../../src-shared/contract/methods.ts'
import { allows, SCOPES, type Scope } from '../../src-shared/contract/schema.ts'
import {
  CONTRACT_VERSION,
  SOCKET_PROTOCOL,
  VERSION_HEADER,
  versionMismatch,
} from '../../src-shared/contract/version.ts'
import {
  backOffMs,
  inTurn,
  passEvent,
  readMessage,
  readReply,
  type ConnectionState,
} from '../../src-shared/contract/wire.ts'
import { AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
import { createStateStore } from '../state-store.ts'
import type { WindowTransport } from './transport.ts'

/**
 * The transport of a browser: calls over HTTP, events over a WebSocket that comes back by itself. `origin` is the
 * server's, without a slash at its end; `code` the one-time code of the link that opened this page, if it had one.
 */
export function createHttpTransport(origin: string, code: string | null): WindowTransport {
  const hub = createEventHub()
  const connection = createStateStore<ConnectionState>('connecting')
  const scope = createStateStore<Scope>('admin')
  const socket = createEventSocket({
    url: `${origin.replace(/^http/, 'ws')}/api/events`,
    onOpen: () => connection.set(() => 'connected'),
    onClose: (opened) => {
      connection.set((now) => (now === 'connected' || now === 'connecting' ? 'lost' : now))
      // A browser does not say why a socket was refused. An ordinary call finds out, and marks the connection.
      if (!opened) call('overview.get', {}).catch(() => {})
    },
    onMessage: (text) => {
      const { event, payload } = readMessage(text)
      passEvent(hub, event, payload, console.error)
    },
  })
  hub.on('contract.hello', ({ versions }) => {
    if (versionMismatch(CONTRACT_VERSION, versions) === null) return
    connection.set(() => 'outdated')
    socket.stop()
  })
  let signedIn: Promise<void> = Promise.resolve()
  let stopped = false

  function signedOut(): void {
    connection.set(() => 'signed-out')
    socket.stop()
  }

  async function call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    await signedIn
    refuseWithoutScope(method, scope.get())
    const response = await inTurn(() => post(origin, method, params), retryAfter, sleep)
    if (response.status === 401) signedOut()
    refuseOtherVersion(response)
    return readReply(method, await response.json().catch(() => undefined))
  }

  return {
    client: { call, on: (event, listener) => hub.on(event, listener) },
    connection,
    scope,
    signOut: () => void endSession(origin).then(signedOut, console.error),
    servers: null,
    start() {
      signedIn = signIn(origin, code).then((granted) => {
        if (granted !== null) scope.set(() => granted)
      })
      void signedIn.then(() => {
        if (!stopped) socket.start()
      })
    },
    stop() {
      stopped = true
      socket.stop()
    },
  }
}

function sleep(ms: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function retryAfter({ status, headers }: Response): string | null {
  return status === 429 ? headers.get('retry-after') : null
}

async function post(origin: string, method: MethodName, params: unknown): Promise<Response> {
  try {
    return await postJson(`${origin}/api/${method}`, params, { [VERSION_HEADER]: String(CONTRACT_VERSION) })
  } catch (cause) {
    throw new AppError('internal', 'Jira TPM does not answer.', {
      consequence: 'What it stored before is safe.',
      hint: 'Check that it still runs where you started it.',
      retryable: true,
      cause,
    })
  }
}

/** What the server would refuse is not sent: a screen's page asks for nothing but what it may see. */
function refuseWithoutScope(method: MethodName, held: Scope): void {
  const needed = methods[method].scope
  if (!allows(held, needed))
    throw nothingDone('forbidden', `This takes the scope ${needed}, and this browser has ${held}.`)
}

/** Throws where the server serves other versions than this window's. One that says nothing is taken for ours. */
function refuseOtherVersion({ headers }: Response): void {
  const served = headers.get(VERSION_HEADER)?.split(',').map(Number)
  const mismatch = served === undefined ? null : versionMismatch(CONTRACT_VERSION, served)
  if (mismatch !== null) throw mismatch
}

function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

interface EventSocketOptions {
  readonly url: string
  readonly onOpen: () => void
  /** `opened` distinguishes a connection that broke from one that never came to be. */
  readonly onClose: (opened: boolean) => void
  readonly onMessage: (text: unknown) => void
}

/** A WebSocket that opens itself again, later and later while it fails, until it is stopped. */
function createEventSocket(options: EventSocketOptions): { start(): void; stop(): void } {
  let socket: WebSocket | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let stopped = true

  function open(): void {
    let opened = false
    socket = new WebSocket(options.url, [SOCKET_PROTOCOL + CONTRACT_VERSION])
    socket.addEventListener('open', () => {
      opened = true
      failures = 0
      options.onOpen()
    })
    socket.addEventListener('message', (message: MessageEvent<unknown>) => options.onMessage(message.data))
    // Every failure ends in a close as well, so nobody listens for errors.
    socket.addEventListener('close', () => {
      if (stopped) return
      failures += 1
      retry = setTimeout(open, backOffMs(failures, Math.random()))
      options.onClose(opened)
    })
  }

  return {
    start() {
      if (!stopped) return
      stopped = false
      open()
    },
    stop() {
      stopped = true
      clearTimeout(retry)
      socket?.close()
    },
  }
}

/** The one-time code in a link's fragment (`#code=…`), or null. A fragment never reaches a server or its log. */
export function codeInFragment(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('code')
}

/** Takes the code out of the address bar, so that it stays neither there nor in the history. What else is there stays. */
export function takeCode(page: Pick<Window, 'location' | 'history'>): string | null {
  const { hash, pathname, search } = page.location
  const code = codeInFragment(hash)
  const others = hash
    .replace(/^#/, '')
    .split('&')
    .filter((part) => !part.startsWith('code='))
  const rest = others.length === 0 ? '' : `#${others.join('&')}`
  if (code !== null) page.history.replaceState(null, '', pathname + search + rest)
  return code
}

/** Before anything is shown, so that nothing is offered and taken away again. Gives what this browser may do; never rejects. */
async function signIn(origin: string, code: string | null): Promise<Scope | null> {
  if (code !== null) await tradeCode(origin, code).catch(console.error)
  return askScope(origin).catch(() => null) // the next call says what is wrong
}

/**
 * Trades a one-time code for the session cookie. A code that was used or has expired is no error: the cookie that it
 * once gave may still be good, and the next call shows it.
 */
async function tradeCode(origin: string, code: string): Promise<void> {
  await postJson(`${origin}/api/session`, { code })
}

const Granted = Type.Object({ result: Type.Object({ scope: Type.Enum(SCOPES) }) })

/** What this browser may do; null where the server does not say. */
async function askScope(origin: string): Promise<Scope | null> {
  const response = await fetch(`${origin}/api/session`)
  const said: unknown = response.ok ? await response.json() : null
  return Check(Granted, said) ? said.result.scope : null
}

async function endSession(origin: string): Promise<void> {
  await postJson(`${origin}/api/session/end`, {})
}
