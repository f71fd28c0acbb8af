import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { Dispatch, Reply } from '../../../src-shared/contract/dispatch.ts'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import type { App } from '../../app/app.ts'
import { MAX_BODY_BYTES } from './calls.ts'
import { callerOf } from '../auth.ts'
import { sendReply } from '../errors.ts'
import { requireScope } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'
import { coalesce } from '../../runtime/async.ts'

const MAX_BYTES = 8 * 1_024 * 1_024

const MAX_ANSWERS = 1_000

/** Of the text that asks. A real one has 70 characters. */
const LONGEST_ASK = 200

export const COUNTS_PATH = '/api/counts.get'

/** POST /api/counts.get, as all calls, but answered from memory where nothing has changed: what every viewer asks for. */
export function addCountsRoute(
  server: FastifyInstance,
  { auth, rates, ...core }: ServerParts & Pick<App, 'countsState'>,
): void {
  const answerOf = createCountsAnswers(core)
  const onRequest = requireScope(auth, 'read')
  void server.register((route, _options, done) => {
    // Its body stays text: the one that was asked before is not read again.
    route.removeContentTypeParser('application/json')
    route.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, read) =>
      read(null, text),
    )
    const parse = route.getDefaultJsonParser('error', 'error')
    route.post(COUNTS_PATH, { onRequest, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const { body } = request
      const read = (text: string): unknown => {
        let value: unknown
        // As of every other call; it answers at once.
        void parse(request, text, (error, parsed) => {
          if (error !== null) throw error
          value = parsed
        })
        return value
      }
      const begin = (): (() => void) => {
        const callerId = callerOf(request).id
        const refusal = rates.takeCall(callerId, 'counts.get')
        if (refusal !== null) throw refusal
        return rates.begin(callerId)
      }
      const answer = await answerOf(typeof body === 'string' ? body : '', { read, begin })
      if (!Buffer.isBuffer(answer)) return sendReply(reply, answer)
      return reply.header('content-type', 'application/json; charset=utf-8').send(answer)
    })
    done()
  })
}

type Shown = Pick<CountsResult, 'seq' | 'provisionalFromMinute' | 'known'>

type State = Awaited<ReturnType<App['countsState']>>

/** An answer's bytes, ready to be sent; or a failure. */
export type CountsAnswer = Buffer | Reply

/** The answers of one state of the store, by the text that asked for them. */
interface Kept {
  readonly state: State
  readonly answers: Map<string, Buffer | Promise<CountsAnswer>>
  bytes: number
  readonly most: number
}

/**
 * Answers `counts.get`, each chart once for each state of the store. Every call first asks for the state as it is then
 * (the number of the last commit, whichever process made it, where provisional minutes begin, what is known), so no answer is older
 * than one that the core would give; one is kept only where it says itself that it shows that state. `ask` is the call's
 * JSON text: what was asked before in the same words needs no reading.
 */
export function createCountsAnswers({
  dispatch,
  countsState,
  maxAnswers = MAX_ANSWERS,
}: {
  dispatch: Dispatch
  countsState: App['countsState']
  maxAnswers?: number
}): (ask: string, call: CountsCall) => Promise<CountsAnswer> {
  const stateNow = coalesce(countsState, 'fresh')
  let kept: Kept | null = null

  /** Throws at once what `call` throws: it is no answer for other callers. */
  const askCore = (ask: string, { read, begin }: CountsCall) => {
    const params = read(ask)
    const end = begin()
    const reply = dispatch('counts.get', params).finally(end)
    return { reply, isOfInstants: isOfInstants(params) }
  }

  return async (ask, call) => {
    const state = ask.length > LONGEST_ASK ? null : await stateNow().catch(() => null)
    // Of a state that cannot be read the core says why.
    if (state === null) return bytesOf(await askCore(ask, call).reply)
    if (kept === null || !isSame(kept.state, state))
      kept = { state, answers: new Map(), bytes: 0, most: maxAnswers }
    const mine = kept
    const answer = mine.answers.get(ask)
    if (answer !== undefined) return answer
    const { reply, isOfInstants: isLasting } = askCore(ask, call)
    // A span that moves with the clock is another one at the next call.
    if (!isLasting) return bytesOf(await reply)
    const asked = reply.then((said) => keep(mine, ask, said))
    mine.answers.set(ask, asked)
    return asked
  }
}

function isOfInstants(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'fromMs' in params
}

/** A call, where the core is asked for its answer. */
interface CountsCall {
  /** Its parameters. Throws what they are not. */
  readonly read: (ask: string) => unknown
  /** The core begins to work for it, until the returned function is called. Throws where it may not. */
  readonly begin: () => () => void
}

function isSame(a: State, b: State): boolean {
  return a.of === b.of && showsSame(a, b)
}

function showsSame(a: Shown, b: Shown): boolean {
  return (
    a.seq === b.seq &&
    a.provisionalFromMinute === b.provisionalFromMinute &&
    isDeepStrictEqual(a.known, b.known)
  )
}

function bytesOf(reply: Reply): CountsAnswer {
  return reply.ok ? Buffer.from(JSON.stringify(reply)) : reply
}

function keep(kept: Kept, ask: string, reply: Reply): CountsAnswer {
  const { state, answers } = kept
  answers.delete(ask)
  const answer = bytesOf(reply)
  if (!reply.ok || !Buffer.isBuffer(answer)) return answer
  if (!showsSame(reply.result as CountsResult, state)) return answer
  if (answers.size >= kept.most || kept.bytes + answer.length > MAX_BYTES) {
    answers.clear()
    kept.bytes = 0
  }
  answers.set(ask, answer)
  kept.bytes += answer.length
  return answer
}
