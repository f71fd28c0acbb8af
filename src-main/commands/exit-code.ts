import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'

/** How a command ends, for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notAuthenticated: 3,
  auditMismatch: 4,
  /** As shells have it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const

const OF_ERROR: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: EXIT.usage,
  'bad-request': EXIT.usage,
  'too-large': EXIT.usage,
  'unknown-method': EXIT.usage,
  'not-confirmed': EXIT.usage,
  'not-authenticated': EXIT.notAuthenticated,
  'not-configured': EXIT.notAuthenticated,
  'secrets-unavailable': EXIT.notAuthenticated,
  cancelled: EXIT.interrupted,
}

export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? exitCodeOfError(error.code) : EXIT.failed
}

export function exitCodeOfError(code: ErrorCode): number {
  return OF_ERROR[code] ?? EXIT.failed
}
