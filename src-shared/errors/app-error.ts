/** What went wrong, as a word that code can branch on. A person reads a `FailureText`. */
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
  | 'server-unreachable' // the team server: nothing answers, or not in time
  | 'server-untrusted' // its certificate is not one that we may believe
  | 'server-broken' // what answers is no team server, or its answer is spoilt
  | 'signed-out' // the team server does not know this machine, or not any more
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

/** What a failure says to a person. Each is whole sentences; the last two may be empty. */
export interface FailureText {
  /** What happened. */
  readonly what: string
  /** What it means for their data. */
  readonly consequence: string
  /** What to do next. */
  readonly hint: string
}

export interface WireError extends FailureText {
  readonly code: ErrorCode
  readonly retryable: boolean
}

/** What an error has besides what happened. */
export type ErrorParts = { consequence?: string; hint?: string; retryable?: boolean; cause?: unknown }

/**
 * An expected failure, in sentences for a person; `message` is what happened and what it means, as one text.
 * `retryable` says that the same call may succeed later unchanged.
 */
export class AppError extends Error implements WireError {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly what: string
  readonly consequence: string
  readonly hint: string
  readonly retryable: boolean

  constructor(
    code: ErrorCode,
    what: string,
    { consequence = '', hint = '', retryable = false, cause }: ErrorParts = {},
  ) {
    super(joined(what, consequence), cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.consequence = consequence
    this.hint = hint
    this.retryable = retryable
  }
}

/** Makes errors that mean the same for the person's data. */
function errorsOf(consequence: string) {
  return (code: ErrorCode, what: string, hint = '', cause?: unknown): AppError =>
    new AppError(code, what, { consequence, hint, cause })
}

export const nothingDone = errorsOf('Nothing was done.')
export const nothingMade = errorsOf('Nothing was made.')
export const noTicketMade = errorsOf('No ticket was made.')
export const nothingChanged = errorsOf('Nothing was changed.')
export const nothingSent = errorsOf('Nothing was sent.')
export const nothingStarted = errorsOf('Nothing was started.')
export const nothingOpened = errorsOf('Nothing was opened.')
export const nothingExported = errorsOf('Nothing was exported.')
export const nothingDeleted = errorsOf('Nothing was deleted.')
export const notChanged = errorsOf('It was not changed.')
export const nothingFetched = errorsOf('Nothing was fetched.')

/**
 * The form in which an error crosses a process boundary: no stack, no cause. What is not an AppError is a bug, and
 * its text may hold anything, so only a general sentence leaves the process.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) {
    const { code, what, consequence, hint, retryable } = error
    return { code, what, consequence, hint, retryable }
  }
  return {
    code: 'internal',
    what: 'Something went wrong inside Jira TPM.',
    consequence: 'What was stored before is safe.',
    hint: 'The log has the details (Help, Open log folder).',
    retryable: false,
  }
}

/** What happened and what it means, as one text. */
export function messageOf({ what, consequence }: Pick<FailureText, 'what' | 'consequence'>): string {
  return joined(what, consequence)
}

/** An error as a result or an answer over HTTP has it: with the text that readers of both have always had. */
export function failureOf({ code, what, consequence, hint }: WireError): FailureText & {
  readonly code: ErrorCode
  readonly message: string
} {
  return { code, message: joined(what, consequence), what, consequence, hint }
}

/** Rebuilds the error on the other side of a boundary. */
export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.code, wire.what, wire)
}

/** All of it as one text, for a terminal or a dialog. */
export function errorText({ what, consequence, hint }: FailureText): string {
  return joined(what, consequence, hint)
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}
