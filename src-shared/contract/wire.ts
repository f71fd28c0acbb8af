import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { AppError, fromWireError, type WireError } from '../errors/app-error.ts'
import type { EventHub } from './client.ts'
import { events, type EventName } from './events.ts'
import { methods, type MethodName, type Result } from './methods.ts'

/**
 * Whether the core can be reached. `lost`: it cannot just now, and we are trying again. `signed-out`: it does not know who
 * asks, and only a new link or code helps. `outdated`: it is of another version of the contract.
 */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'signed-out' | 'outdated'

const Reply = Type.Union([
  Type.Object({ ok: Type.Literal(true), result: Type.Unknown() }),
  Type.Object({
    ok: Type.Literal(false),
    error: Type.Object({
      code: Type.String(),
      what: Type.String(),
      consequence: Type.String(),
      hint: Type.String(),
      retryable: Type.Boolean(),
    }),
  }),
])

/** The result that a transport carried back. Throws the AppError that the core answered, or `internal` for another shape. */
export function readReply<M extends MethodName>(method: M, reply: unknown): Result<M> {
  return readAnswer(method, methods[method].result, reply) as Result<M>
}

/** The same of a method of this name whose result has this shape. */
export function readAnswer<R extends TSchema>(method: string, result: R, reply: unknown): Static<R> {
  if (!Check(Reply, reply)) throw unreadable(method)
  if (!reply.ok) throw fromWireError(reply.error as WireError)
  if (!Check(result, reply.result)) throw unreadable(method)
  return reply.result
}

/** Passes on an event that a transport carried. One of another shape is reported to `onUnreadable` and goes no further. */
export function passEvent(
  hub: EventHub,
  event: unknown,
  payload: unknown,
  onUnreadable: (problem: string) => void,
): void {
  if (typeof event !== 'string' || !Object.hasOwn(events, event)) {
    onUnreadable('An event came that this window does not know.')
    return
  }
  const name = event as EventName
  if (Check(events[name].payload, payload)) hub.publish(name, payload)
  else onUnreadable(`The event ${name} came with a wrong payload.`)
}

function unreadable(method: string): AppError {
  return new AppError('internal', `The answer to ${method} could not be read.`, {
    consequence: 'Nothing is lost by that.',
    hint: 'Window and program may be of different versions: reload the window.',
  })
}

/** A message of a server's socket. What is no message is reported as an event that cannot be read. */
export function readMessage(text: unknown): { readonly event?: unknown; readonly payload?: unknown } {
  try {
    return Object(JSON.parse(String(text))) as object
  } catch {
    return {}
  }
}

/** A server that works on enough for this caller says so for a moment, and has done nothing then. */
const MAX_REPEATS = 5
const LONGEST_WAIT_S = 5

/**
 * What `ask` is answered, asked again where the caller is refused for a moment: `retryAfter` gives the seconds that a refusal
 * names, and null for every other answer. `sleep` waits so many milliseconds.
 */
export async function inTurn<A>(
  ask: () => Promise<A>,
  retryAfter: (answer: A) => string | null,
  sleep: (ms: number) => Promise<unknown>,
): Promise<A> {
  for (let repeats = 0; ; repeats++) {
    const answer = await ask()
    const waitS = Number(retryAfter(answer) ?? NaN)
    if (!(waitS <= LONGEST_WAIT_S) || repeats === MAX_REPEATS) return answer
    // Its other windows were refused in the same moment.
    await sleep(waitS * 1_000 * (1 + Math.random()))
  }
}

const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * Milliseconds to wait before the next try, after `failures` that came in a row. `random` (0 to 1) spreads several
 * windows apart, over the second half of the wait.
 */
export function backOffMs(failures: number, random: number): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return wait / 2 + (wait / 2) * random
}
