import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { durationText } from '../../src-shared/domain/text/sentences.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { PROXY_REFUSED, type ConnectionProblem } from '../jira/network/connection-error.ts'

/** What a team server, or the way to it, may have: each an AppError that says what to do next. `host` is its name and port. */

const UNSENT = 'Nothing was sent.'

/** A request that was written, and that changes something. */
const MAYBE_DONE = 'Nobody knows whether the server did what was asked.'

const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Check the address for a typing error, and connect the VPN where the server needs one.',
  EAI_AGAIN: 'Check the network of this machine.',
  ECONNREFUSED: 'Check the port in the address, and that jira-tpm serve runs there.',
  [PROXY_REFUSED]:
    'Check HTTPS_PROXY, or name the server in NO_PROXY if it is reached without a proxy; else ask who runs the proxy.',
}

const LOOK_AT_NETWORK = 'Check the address and the network, and connect the VPN where the server needs one.'

const ASK_OPERATOR = 'Ask who runs the server to look at it, if it goes on.'

export function notConnected(
  host: string,
  { reason, code }: Extract<ConnectionProblem, { code: string }>,
): AppError {
  return new AppError('server-unreachable', `${host} cannot be reached: ${reason}.`, {
    consequence: UNSENT,
    hint: HINTS[code] ?? LOOK_AT_NETWORK,
    retryable: true,
  })
}

/** `problem` completes "is not trusted: …". */
export function untrusted(host: string, problem: string, hint: string): AppError {
  return new AppError('server-untrusted', `${host} is not trusted: ${problem}.`, {
    consequence: UNSENT,
    hint,
  })
}

/** It took the connection, and then nothing came in time, or the connection broke. `what` completes "tpm.example.com …". */
export function noAnswer(host: string, what: string, mayHaveActed: boolean): AppError {
  return new AppError('server-unreachable', `${host} ${what}.`, {
    consequence: mayHaveActed ? MAYBE_DONE : '',
    hint: ASK_OPERATOR,
    retryable: true,
  })
}

/** `what` completes "tpm.example.com answers, but not as a Jira TPM server: …". */
export function notOurs(host: string, what: string): AppError {
  return new AppError('server-broken', `${host} answers, but not as a Jira TPM server: ${what}.`, {
    consequence: 'No token was sent.',
    hint: 'A network’s sign-in page or a proxy may answer in its place: open the address in a browser, sign in there, and try again. Else check the address.',
  })
}

/** `what` completes "tpm.example.com answered …". */
export function brokenAnswer(host: string, what: string): AppError {
  return new AppError('server-broken', `${host} answered ${what}.`, {
    consequence: 'It was not taken.',
    hint: `A proxy in between may spoil it. ${ASK_OPERATOR}`,
  })
}

/** A proxy stands before it, and has nobody to ask. */
export function behindIsAway(host: string, status: number): AppError {
  return new AppError(
    'server-unreachable',
    `${host} answers for a server that it cannot reach itself (HTTP ${status}).`,
    { hint: ASK_OPERATOR, retryable: true },
  )
}

/** It serves the versions `served` of the contract, and not ours. */
export function otherVersion(host: string, program: string, served: readonly number[]): AppError {
  const isOlder = Math.max(...served) < CONTRACT_VERSION
  return new AppError(
    'other-version',
    `${host} runs Jira TPM ${program}, which is too ${isOlder ? 'old' : 'new'} for this one: it serves ${versions(served)} of the API, and this one speaks ${CONTRACT_VERSION}.`,
    {
      consequence: 'Nothing was done.',
      hint: isOlder
        ? 'Ask who runs the server to update it; until then use the version of Jira TPM that it has.'
        : 'Update Jira TPM on this machine.',
    },
  )
}

/** A Jira TPM server of before there was a sign-in. */
export function knowsNoSignIn(host: string): AppError {
  return new AppError('other-version', `${host} runs a Jira TPM that is too old to be signed in to.`, {
    consequence: 'Nothing was done.',
    hint: 'Ask who runs the server to update it.',
  })
}

function versions(served: readonly number[]): string {
  return `version${served.length === 1 ? '' : 's'} ${served.join(' and ')}`
}

const SIGN_IN = 'jira-tpm login signs in again, with a new one-time code of who runs the server.'

/** It does not take the token: revoked, expired, or of a server that was set up anew. */
export function signedOut(host: string): AppError {
  return new AppError(
    'signed-out',
    `${host} does not know this machine any more: its sign-in was revoked, or has expired.`,
    { consequence: 'Nothing was done.', hint: SIGN_IN },
  )
}

export function notSignedIn(host: string): AppError {
  return new AppError('signed-out', `This machine is not signed in to ${host}.`, {
    consequence: UNSENT,
    hint: SIGN_IN,
  })
}

/** Another server stands at the address than the one that was signed in to, so it gets no token of that. */
export function otherServer(host: string): AppError {
  return new AppError(
    'signed-out',
    `Another server answers at ${host} than the one that this machine signed in to.`,
    { consequence: 'No token was sent.', hint: `If that is right, ${SIGN_IN}` },
  )
}

export function codeNotTaken(host: string): AppError {
  return new AppError(
    'signed-out',
    `${host} does not take this code: it was used before, has expired, was revoked, or is mistyped.`,
    { consequence: 'This machine is not signed in.', hint: 'Ask who runs the server for a new one.' },
  )
}

/** Of the keychain's refusal, which says what one does for a Jira, what it means for a team server. */
export function noKeychain(
  { code, what, consequence, retryable }: AppError,
  meaning = consequence,
): AppError {
  const unlock = retryable ? 'Unlock it and try again. ' : ''
  return new AppError(code, what, {
    consequence: meaning,
    hint: `${unlock}Without a keychain, commands take the server's address from JIRA_TPM_SERVER and a token from JIRA_TPM_SERVER_TOKEN: ask who runs the server for one, which jira-tpm token create makes there for up to 24 hours.`,
    retryable,
  })
}

/** The sign-in that was just given cannot be kept. `endedThere`: the server has ended it. */
export function notKept(host: string, id: string, error: AppError, endedThere: boolean): AppError {
  const { code, what, hint } = error
  const left = endedThere
    ? `${host} has ended the sign-in that it had given`
    : `the sign-in that ${host} has given could not be ended there`
  const askFor = endedThere ? 'a new code' : `a new code, and to end that one: jira-tpm token revoke ${id}`
  return new AppError(code, what, {
    consequence: `This machine is not signed in: ${left}, and the code is spent.`,
    hint: `${hint}${hint === '' ? '' : ' '}Then ask who runs the server for ${askFor}.`,
    cause: error,
  })
}

/** The keychain refuses to give a sign-in's token, or to let go of it: nothing is forgotten. `ended`: the server was told before. */
export function notForgotten(host: string, id: string, error: AppError, ended: boolean): AppError {
  const { code, what, retryable } = error
  const again = retryable ? 'Unlock it, and sign out again.' : 'Sign out again where the keychain is there.'
  const there = ended ? 'which has ended the sign-in' : 'which was not told that it is over'
  const revoked = ended ? '' : ` Until then who runs the server can end it: jira-tpm token revoke ${id}.`
  return new AppError(code, what, {
    consequence: `Nothing was forgotten here: this machine still keeps its sign-in at ${host}, ${there}.`,
    hint: again + revoked,
    retryable,
    cause: error,
  })
}

/** Clocks that differ by more are told of. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/** What there is to say where the server's clock is so far ahead of this machine's; null where they agree. */
export function clockNotice(host: string, aheadMs: number): string | null {
  if (Math.abs(aheadMs) < CLOCKS_DIFFER_MS) return null
  const which = aheadMs > 0 ? 'behind' : 'ahead of'
  return `The clock of this machine is ${durationText(Math.abs(aheadMs))} ${which} that of ${host}. The sign-in is good all the same; set the clock right, since "now" is shown by it.`
}
