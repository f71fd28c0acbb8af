import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import {
  isMethod,
  methods,
  type MethodName,
  type Params,
  type Result,
} from '../../src-shared/contract/methods.ts'
import { inTurn, readReply } from '../../src-shared/contract/wire.ts'
import { AppError, nothingDone, toWireError } from '../../src-shared/errors/app-error.ts'
import { sleep } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { TeamAnswer, TeamRequest, TeamTimeouts } from './ask.ts'
import type { TeamSession } from './session.ts'

interface CallParts {
  readonly session: Pick<TeamSession, 'greet' | 'greeted' | 'authorized'>
  readonly timeouts: TeamTimeouts
  /** Resolves when the connection that comes first has been tried. */
  readonly settled: () => Promise<void> | undefined
  readonly onFault: (fault: AppError) => void
  readonly signal: AbortSignal
}

export type TeamCall = <M extends MethodName>(
  method: M,
  params: Params<M>,
  signal?: AbortSignal,
) => Promise<Result<M>>

/** A call that works for long in the server. */
const LONGEST_CALL_MS = 6 * 3_600_000

/** The contract's calls at a team server. */
export function createTeamCall({
  session,
  timeouts,
  settled,
  onFault,
  signal: stopping,
}: CallParts): TeamCall {
  /** While a call is worked on for long the server is asked whether it is still there. */
  async function patiently(request: TeamRequest, signal: AbortSignal): Promise<TeamAnswer> {
    const giving = new AbortController()
    const either = AbortSignal.any([signal, giving.signal])
    const watching = (async (): Promise<void> => {
      while (await sleep(timeouts.firstByteMs, either)) await session.greet(either)
    })()
    watching.catch((error: unknown) => giving.abort(error))
    try {
      return await session.authorized({ ...request, firstByteMs: LONGEST_CALL_MS }, either)
    } finally {
      giving.abort(new AppError('cancelled', 'It is answered.'))
    }
  }

  return async (method, params, given = stopping) => {
    const signal = AbortSignal.any([given, stopping])
    const { scope, isCostly } = methods[method]
    const request = {
      method: 'POST',
      path: `/api/${method}`,
      body: params,
      changes: scope !== 'read',
    } as const
    const ask = (): Promise<TeamAnswer> =>
      isCostly === true ? patiently(request, signal) : session.authorized(request, signal)
    try {
      await settled()
      await session.greeted()
      const answer = await inTurn(ask, retryAfter, (ms) => sleep(ms, signal))
      return readReply(method, answer.data)
    } catch (error) {
      if (error instanceof AppError) onFault(error)
      throw error
    }
  }
}

function retryAfter({ status, retryAfter: waitS }: TeamAnswer): string | null {
  return status === 429 ? waitS : null
}

/** The same calls for a host that carries them on: takes whatever arrived, and never throws. */
export function createTeamDispatch(call: TeamCall, log: Pick<Log, 'warn'>): Dispatch {
  return async (method, params, { signal } = {}) => {
    try {
      if (!isMethod(method)) throw nothingDone('unknown-method', 'There is no such method.')
      return { ok: true, result: await call(method, params as never, signal) }
    } catch (error) {
      if (!(error instanceof AppError)) log.warn({ err: error }, 'a call of the team server failed')
      return { ok: false, error: toWireError(error) }
    }
  }
}
