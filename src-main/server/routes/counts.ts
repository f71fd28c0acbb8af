import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Dispatch, Reply } from '../../../src-shared/contract/dispatch.ts'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import { isBehind } from '../../../src-shared/domain/text/as-of.ts'
import type { App } from '../../app/app.ts'
import { MAX_BODY_BYTES } from './calls.ts'
import { callerOf } from '../auth.ts'
import { sendReply } from '../errors.ts'
import { requireScope } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

/** Characters of all answers that are kept. */
const MAX_LENGTH = 8 * 1_024 * 1_024

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
    route.post(COUNTS_PATH, { onRequest, bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
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
      const send = (answer: CountsAnswer): FastifyReply =>
        typeof answer === 'string'
          ? reply.header('content-type', 'application/json; charset=utf-8').send(answer)
          : sendReply(reply, answer)
      const answer = answerOf(typeof body === 'string' ? body : '', { read, begin })
      // Where it is there, nothing is returned: Fastify would wait for it.
      return answer instanceof Promise ? answer.then(send) : void send(answer)
    })
    done()
  })
}

type Shown = Pick<CountsResult, 'seq' | 'provisionalFromMinute' | 'known'>

type Awaitable<T> = T | Promise<T>

type State = Awaited<ReturnType<App['countsState']>>

/** An answer's JSON, ready to be sent, as a text: Node sends it in one piece with its head. Or a failure. */
export type CountsAnswer = string | Reply

/** The answers of one state of the store, by the text that asked for them. */
interface Kept {
  readonly state: State
  readonly answers: Map<string, string | Promise<CountsAnswer>>
  length: number
  readonly most: number
}

/**
 * Answers `counts.get`, each chart once for each state of the store. Every call first asks for the state
 * (the number of the last commit, where provisional minutes begin, what is known), so no answer is of an older one;
 * one is kept only where it says itself that it shows that state. `ask` is the call's JSON text: what was asked before in
 * the same words needs no reading. What is kept, of a state that is at hand, is given at once and not as a promise.
 */
export function createCountsAnswers({
  dispatch,
  countsState,
  maxAnswers = MAX_ANSWERS,
}: {
  dispatch: Dispatch
  countsState: App['countsState']
  maxAnswers?: number
}): (ask: string, call: CountsCall) => Awaitable<CountsAnswer> {
  let kept: Kept | null = null

  /** Throws at once what `call` throws: it is no answer for other callers. */
  const askCore = (ask: string, { read, begin }: CountsCall) => {
    const params = read(ask)
    const end = begin()
    const reply = dispatch('counts.get', params).finally(end)
    return { reply, isOfInstants: isOfInstants(params) }
  }

  const answerIn = (state: State, ask: string, call: CountsCall): Awaitable<CountsAnswer> => {
    if (kept === null || !isSame(kept.state, state))
      kept = { state, answers: new Map(), length: 0, most: maxAnswers }
    return kept.answers.get(ask) ?? askAndKeep(kept, ask, call)
  }

  const askAndKeep = async (mine: Kept, ask: string, call: CountsCall): Promise<CountsAnswer> => {
    const { reply, isOfInstants: isLasting } = askCore(ask, call)
    // A span that moves with the clock is another one at the next call.
    if (!isLasting) return jsonOf(await reply)
    const asked = reply.then((said) => keep(mine, ask, said))
    mine.answers.set(ask, asked)
    return asked
  }

  /** Of a state that cannot be read the core says why. */
  const unkept = async (ask: string, call: CountsCall): Promise<CountsAnswer> =>
    jsonOf(await askCore(ask, call).reply)

  return (ask, call) => {
    if (ask.length > LONGEST_ASK) return unkept(ask, call)
    const state = stateNow(countsState)
    if (state === null) return unkept(ask, call)
    if (!(state instanceof Promise)) return answerIn(state, ask, call)
    return state.then((read) => (read === null ? unkept(ask, call) : answerIn(read, ask, call)))
  }
}

/** Null where it cannot be read. */
function stateNow(countsState: App['countsState']): Awaitable<State | null> {
  try {
    const state = countsState()
    return state instanceof Promise ? state.catch(() => null) : state
  } catch {
    return null
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
    (a.known === b.known || isDeepStrictEqual(a.known, b.known))
  )
}

function jsonOf(reply: Reply): CountsAnswer {
  return reply.ok ? JSON.stringify(reply) : reply
}

function keep(kept: Kept, ask: string, reply: Reply): CountsAnswer {
  const { state, answers } = kept
  answers.delete(ask)
  const answer = jsonOf(reply)
  if (!reply.ok || typeof answer !== 'string') return answer
  const counts = reply.result as CountsResult
  // What lags is behind by less at the next call.
  if (!showsSame(counts, state) || isBehind(counts)) return answer
  if (answers.size >= kept.most || kept.length + answer.length > MAX_LENGTH) {
    answers.clear()
    kept.length = 0
  }
  answers.set(ask, answer)
  kept.length += answer.length
  return answer
}
