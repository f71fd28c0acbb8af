import type { Dispatch, Reply } from '../../src-shared/contract/dispatch.ts'
import { CONTRACT_VERSION, versionMismatch } from '../../src-shared/contract/version.ts'
import { type AppError, nothingDone, toWireError } from '../../src-shared/errors/app-error.ts'

/** The part of Electron's WebFrameMain that says who called. */
export interface CallerFrame {
  readonly origin: string
  readonly parent: unknown
}

export interface Gate {
  /** Origin of the window's own page. */
  readonly ownOrigin: string
  readonly dispatch: Dispatch
}

/**
 * Answers one call over IPC; never throws. Only the main frame of our own page is served (`forbidden` otherwise; a frame
 * that is gone by now is null), and only of our `version` of the contract; method and params are anything until `dispatch` has
 * checked them.
 */
export async function answerCall(
  gate: Gate,
  frame: CallerFrame | null,
  { method, params, version }: Readonly<Record<'method' | 'params' | 'version', unknown>>,
  signal?: AbortSignal,
): Promise<Reply> {
  const isOwn = frame?.origin === gate.ownOrigin && frame.parent === null
  const refusal = isOwn ? versionMismatch(version, [CONTRACT_VERSION]) : foreignPage()
  if (refusal !== null) return { ok: false, error: toWireError(refusal) }
  return await gate.dispatch(method, params, signal === undefined ? {} : { signal })
}

function foreignPage(): AppError {
  return nothingDone('forbidden', 'A page that is not the Jira TPM window called it.')
}
