import type { Dispatch, Reply } from '../../src-shared/contract/dispatch.ts'
import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'

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
 * Answers one call over IPC; never throws. Only the main frame of our own page is heard (`forbidden` otherwise; a frame
 * that is gone by now is null); method and params are anything until `dispatch` has checked them.
 */
export async function answerCall(
  gate: Gate,
  frame: CallerFrame | null,
  method: unknown,
  params: unknown,
  signal?: AbortSignal,
): Promise<Reply> {
  if (frame?.origin === gate.ownOrigin && frame.parent === null) {
    return await gate.dispatch(method, params, signal === undefined ? {} : { signal })
  }
  const error = new AppError(
    'forbidden',
    'A page that is not the Jira TPM window called it. Nothing was done.',
  )
  return { ok: false, error: toWireError(error) }
}
