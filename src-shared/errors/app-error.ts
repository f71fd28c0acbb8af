/** What went wrong, as a word that code can branch on. The sentence for the person is in `message` and `hint`. */
export type ErrorCode =
  | 'usage' // the call or the flags are wrong: nothing was tried
  | 'unknown-method'
  | 'other-version' // of the contract
  | 'bad-request'
  | 'too-large'
  | 'too-many' // this caller asks more often than the server takes
  | 'forbidden'
  | 'not-configured'
  | 'not-authenticated'
  | 'not-confirmed' // makes tickets in a real Jira, and nobody has said yes
  | 'secrets-unavailable' // the system's keychain is missing, locked or refuses
  | 'jira-unreachable'
  | 'jira-untrusted' // its certificate is not one that we may believe
  | 'jira-refused'
  | 'jira-limited'
  | 'jira-broken' // Jira answered something that is not an answer: a login page, cut JSON, a wrong shape
  | 'ambiguous' // a create whose outcome is not known
  | 'store-unavailable'
  | 'store-newer'
  | 'store-not-a-database'
  | 'store-full'
  | 'tables-missing'
  | 'folder-not-writable'
  | 'port-in-use'
  | 'bad-data' // what was to be imported is not what it should be
  | 'busy' // another process, or this one, is already doing it
  | 'not-found'
  | 'cancelled'
  | 'internal'

export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly retryable: boolean
}

/**
 * An expected failure, told as a person would tell it. `message` says what happened and what it means for their
 * data, `hint` what to do next (may be empty). `retryable` says that the same call may succeed later unchanged.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly hint: string
  readonly retryable: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint ?? ''
    this.retryable = options.retryable ?? false
  }
}

/**
 * The form in which an error crosses a process boundary: no stack, no cause. What is not an AppError is a bug, and
 * its text may hold anything, so only a general sentence leaves the process.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, hint: error.hint, retryable: error.retryable }
  }
  return {
    code: 'internal',
    message: 'Something went wrong inside Jira TPM. What was stored before is safe.',
    hint: 'The log has the details (Help, Open log folder).',
    retryable: false,
  }
}

/** Rebuilds the error on the other side of a boundary. */
export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, { hint: wire.hint, retryable: wire.retryable })
}

/** The two sentences as one text, for a terminal or a dialog. */
export function errorText(error: Pick<WireError, 'message' | 'hint'>): string {
  return error.hint === '' ? error.message : `${error.message} ${error.hint}`
}
