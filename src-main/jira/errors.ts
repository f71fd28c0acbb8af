import { AppError, type ErrorCode, type ErrorParts } from '../../src-shared/errors/app-error.ts'

/** How far a request came before it failed: what decides whether it may be sent again, and whether a create may have made its ticket. */
export type Failure =
  | 'unsent' // given up before it was sent
  | 'refused' // no connection: it surely did not arrive
  | 'limited' // 429: turned away before it was worked on
  | 'abandoned' // given up while it was under way
  | 'reset' // the connection ended before the answer was whole
  | 'timeout'
  | 'server' // 5xx
  | 'cut' // the answer's text ends early
  | 'part' // a whole answer without some of what was asked for
  | 'shape' // a whole answer of another shape than agreed
  | 'answered'

// a plain no: the same request gets the same answer

/** A request to Jira that failed. `retryAfterMs` is the wait that Jira asked for, null where it named none. */
export class JiraError extends AppError {
  readonly failure: Failure
  readonly retryAfterMs: number | null
  /** Whether the account is locked out, so that not even the right token is taken. */
  readonly isLockedOut: boolean
  /**
   * The HTTP status of a plain no (4xx), of trouble (5xx), or of a success that was not for us (2xx), see
   * `notAuthenticated`; null for every other failure.
   */
  readonly status: number | null

  constructor(
    code: ErrorCode,
    failure: Failure,
    what: string,
    options: ErrorParts & { retryAfterMs?: number | null; status?: number; isLockedOut?: boolean } = {},
  ) {
    super(code, what, { consequence: UNCHANGED, ...options })
    this.failure = failure
    this.retryAfterMs = options.retryAfterMs ?? null
    this.status = options.status ?? null
    this.isLockedOut = options.isLockedOut ?? false
  }
}

/** Nothing took the connection: `reason` completes "could not be reached: …". */
export function unreachable(host: string, reason: string): JiraError {
  return new JiraError('jira-unreachable', 'refused', `${host} could not be reached: ${reason}.`, {
    hint: 'Check the address and the network, and a VPN where one is needed.',
    retryable: true,
  })
}

export function brokenConnection(host: string): JiraError {
  return new JiraError(
    'jira-unreachable',
    'reset',
    `${host} broke the connection before its answer was whole.`,
    { hint: 'Look at the network if it goes on.', retryable: true },
  )
}

/** A connection stood, but the answer did not begin, or was not whole, within the time that `timeoutMs` gives it. */
export function timedOut(
  host: string,
  timeoutMs: number,
  waitedFor: 'first-byte' | 'whole-answer' = 'whole-answer',
): JiraError {
  const what = waitedFor === 'first-byte' ? 'did not begin to answer' : 'did not finish its answer'
  return new JiraError('jira-unreachable', 'timeout', `${host} ${what} within ${timeoutMs / 1_000} s.`, {
    hint: 'Look at the network if it goes on.',
    retryable: true,
  })
}

/** A certificate that we may not believe, so nothing was sent: `problem` completes "could not be trusted: …". */
export function untrusted(host: string, problem: string, hint: string): JiraError {
  return new JiraError('jira-untrusted', 'unsent', `${host} could not be trusted: ${problem}.`, {
    consequence: `Nothing was sent. ${UNCHANGED}`,
    hint,
  })
}

export function serverTrouble(host: string, status: number, retryAfterMs: number | null): JiraError {
  return new JiraError('jira-unreachable', 'server', `${host} has trouble of its own (HTTP ${status}).`, {
    hint: 'https://status.atlassian.com tells of outages of Jira Cloud.',
    retryable: true,
    retryAfterMs,
    status,
  })
}

/** Some of the tickets that were asked for by id could not be given just now. */
export function issuesNotGiven(host: string, count: number): JiraError {
  const tickets = count === 1 ? 'a ticket' : `${count} tickets`
  return new JiraError('jira-unreachable', 'part', `${host} could not give ${tickets} just now.`, {
    hint: 'Try again in a moment.',
    retryable: true,
  })
}

/** A 429. `reason` is Jira's `RateLimit-Reason`, null where it gave none. `untilMs`: this machine's epoch ms. */
export function limited(
  host: string,
  reason: string | null,
  retryAfterMs: number | null,
  untilMs?: number,
): JiraError {
  const why = reason === null ? '' : ` (${reason})`
  const until = untilMs === undefined ? '' : `, until ${utcText(untilMs)}`
  const when = retryAfterMs === null ? '' : ` for ${Math.ceil(retryAfterMs / 1_000)} s${until}`
  return new JiraError('jira-limited', 'limited', `${host} takes no more requests${when}${why}.`, {
    hint: 'Wait, or fetch less often.',
    retryable: true,
    retryAfterMs,
  })
}

/** To the second, for a person. */
export function utcText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}

/**
 * Jira does not know us. `what` says how it said so. `status`: that of its answer, where it may have done all the same
 * what it was asked: as anonymous, or by what let the request through before a page to log in came.
 */
export function notAuthenticated(
  host: string,
  what: string,
  { hint = 'Check the account and its token.', status }: { hint?: string; status?: number } = {},
): JiraError {
  return new JiraError('not-authenticated', 'answered', `${host} ${what}.`, {
    hint,
    ...(status !== undefined && { status }),
  })
}

/** Jira's CAPTCHA: after several wrong log-ins it takes no token any more, however right. */
export function lockedOut(host: string): JiraError {
  return new JiraError(
    'not-authenticated',
    'answered',
    `${host} has locked the account out after several failed log-ins, and takes no token until it has logged in once in a browser.`,
    {
      consequence: UNCHANGED,
      hint: 'Log in to Jira in a browser and solve the CAPTCHA there, then check the token and try again.',
      isLockedOut: true,
    },
  )
}

/** A log-in that failed before is not tried again now. `wait`: epoch ms, where a person has used up this minute's try. */
export function heldBack(
  { what, hint, isLockedOut }: JiraError,
  wait: { readonly refusedMs: number; readonly untilMs: number } | null,
): JiraError {
  const hints = [
    ...(wait === null
      ? []
      : [
          `Jira refused the log-in at ${clockText(wait.refusedMs)}; nothing is sent again before ${clockText(wait.untilMs)}.`,
          ...(isLockedOut ? [] : ['Give another token, or wait.']),
        ]),
    hint,
  ]
  return new JiraError('not-authenticated', 'unsent', what, {
    hint: hints.join(' '),
    isLockedOut,
  })
}

/** `10:02:05 UTC`. */
function clockText(epochMs: number): string {
  return `${utcText(epochMs).slice(11, 19)} UTC`
}

/** The token is known, but was made without a scope that the call needs. */
export function lacksScope(host: string): JiraError {
  return new JiraError('jira-refused', 'answered', `${host} refused: the API token lacks a scope.`, {
    hint: 'Make a token with the scopes read:jira-work, write:jira-work and read:jira-user.',
    status: 401,
  })
}

/** A 4xx. `said` is what Jira said, already free of secrets. */
export function refusedByJira(host: string, status: number, said: string): JiraError {
  const words = said === '' ? `with HTTP ${status}` : `(HTTP ${status}): ${said}`
  return new JiraError('jira-refused', 'answered', `${host} refused ${words.replace(/\.$/, '')}.`, {
    hint: refusalHint(status, said),
    status,
  })
}

function refusalHint(status: number, said: string): string {
  if (status === 403) return 'Check what the account may do in Jira.'
  // Jira says so of a project that is not there, and of one that is hidden from the account.
  if (/for the field 'project'/.test(said))
    return 'The settings’ check, or jira-tpm doctor, names the projects that the account sees.'
  return ''
}

/** An answer that is none. `what` completes "answered …". */
export function brokenAnswer(host: string, failure: 'cut' | 'shape' | 'answered', what: string): JiraError {
  return new JiraError('jira-broken', failure, `${host} answered ${what}.`, {
    hint: 'Check that the address is that of a Jira; a proxy on the way may answer in its place.',
    retryable: failure === 'cut',
  })
}

/** Somebody asked to stop; `failure` says whether the request had been sent. */
export function cancelled(failure: 'unsent' | 'abandoned'): JiraError {
  return new JiraError('cancelled', failure, 'The request to Jira was given up.')
}

/** What Jira answers, or `instead` where it refuses. */
export async function unlessRefused<T, U>(answer: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AppError && error.code === 'jira-refused') return instead
    throw error
  }
}

/** Failures of a create after which the ticket may exist. */
const MAYBE_MADE: ReadonlySet<Failure> = new Set(['abandoned', 'reset', 'timeout', 'server', 'cut', 'shape'])

/** The error of a create: `ambiguous` where the ticket may exist, else the error itself. */
export function createFailure(error: unknown): unknown {
  if (!(error instanceof JiraError) || !MAYBE_MADE.has(error.failure)) return error
  return new JiraError(
    'ambiguous',
    error.failure,
    `It is not known whether the ticket was made: ${error.what}`,
    { consequence: '', hint: 'It is looked for in Jira before it is sent again.', cause: error },
  )
}

const UNCHANGED = 'What is stored stays as it is.'
