import { createEventHub } from '../../src-shared/contract/hub.ts'
import type { Scope } from '../../src-shared/contract/scopes.ts'
import type { MethodName, Params, Result } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createStore } from '../store.ts'
import type { Connection, WindowDoor } from './door.ts'
import { createEventSocket } from './event-socket.ts'
import { passEvent, readReply } from './payloads.ts'
import { askScope, endSession, tradeCode } from './sign-in.ts'

/**
 * The door of a browser: calls over HTTP, events over a WebSocket that comes back by itself. `origin` is the
 * server's, without a slash at its end; `code` the one-time code of the link that opened this page, if it had one.
 */
export function createHttpDoor(origin: string, code: string | null): WindowDoor {
  const hub = createEventHub()
  const connection = createStore<Connection>('connecting')
  const scope = createStore<Scope>('admin')
  const socket = createEventSocket({
    url: `${origin.replace(/^http/, 'ws')}/api/events`,
    onOpen: () => connection.set(() => 'connected'),
    onClose: (opened) => {
      connection.set((now) => (now === 'signed-out' ? now : 'lost'))
      // A browser does not say why a socket was refused. An ordinary call finds out, and marks the connection.
      if (!opened) call('session.get', {}).catch(() => {})
    },
    onMessage: (text) => readMessage(text, (event, payload) => passEvent(hub, event, payload, console.error)),
  })
  let signedIn: Promise<void> = Promise.resolve()
  let stopped = false

  /** Before anything is shown, so that nothing is offered and taken away again. */
  async function signIn(): Promise<void> {
    if (code !== null) await tradeCode(origin, code).catch(console.error)
    const granted = await askScope(origin).catch(() => null) // the next call says what is wrong
    if (granted !== null) scope.set(() => granted)
  }

  function signedOut(): void {
    connection.set(() => 'signed-out')
    socket.stop()
  }

  async function call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    await signedIn
    const response = await postInTurn(origin, method, params)
    if (response.status === 401) signedOut()
    return readReply(method, await response.json().catch(() => undefined))
  }

  return {
    client: { call, on: (event, listener) => hub.on(event, listener) },
    connection,
    scope,
    signOut: () => void endSession(origin).then(signedOut, console.error),
    start() {
      signedIn = signIn()
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

/** A server that works on enough for this caller says so for a moment, and has done nothing then. */
const MOST_REPEATS = 5
const LONGEST_WAIT_S = 5

async function postInTurn(origin: string, method: MethodName, params: unknown): Promise<Response> {
  for (let repeats = 0; ; repeats++) {
    const response = await post(origin, method, params)
    const waitS = Number(response.headers.get('retry-after') ?? NaN)
    if (response.status !== 429 || !(waitS <= LONGEST_WAIT_S) || repeats === MOST_REPEATS) return response
    // Its other windows were refused in the same moment.
    await new Promise((resolve) => setTimeout(resolve, waitS * 1_000 * (1 + Math.random())))
  }
}

async function post(origin: string, method: MethodName, params: unknown): Promise<Response> {
  try {
    return await fetch(`${origin}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    })
  } catch (cause) {
    throw new AppError('internal', 'Jira TPM does not answer. What it stored before is safe.', {
      hint: 'Check that it still runs where you started it.',
      retryable: true,
      cause,
    })
  }
}

function readMessage(text: unknown, pass: (event: unknown, payload: unknown) => void): void {
  const message = parsed(text)
  if (typeof message === 'object' && message !== null && 'event' in message && 'payload' in message) {
    pass(message.event, message.payload)
  } else {
    pass(undefined, undefined)
  }
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined // reported as an event that cannot be read
  }
}
