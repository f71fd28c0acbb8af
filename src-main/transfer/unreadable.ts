import { AppError } from '../../src-shared/errors/app-error.ts'

/** How each sentence ends that tells why there is no import. */
export const NOTHING = 'Nothing was imported.'

/** What was named cannot be imported at all: `usage`. `problem` continues the name. */
export function cannotImport(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new AppError('usage', `${name} ${problem}. ${NOTHING}`, { hint, cause })
}

/** It is of a kind that is imported, but what is in it is damaged: `bad-data`. */
export function damaged(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new AppError('bad-data', `${name} ${problem}. ${NOTHING}`, { hint, cause })
}

/** `error`, or that the import was interrupted where that is the reason for it. */
export function orInterrupted(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof AppError) return error
  return new AppError('cancelled', `The import was interrupted. ${NOTHING}`, { cause: error })
}
