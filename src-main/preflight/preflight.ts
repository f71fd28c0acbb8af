import type { Preflight } from '../../src-shared/contract/settings.ts'
import { tokenExpiry, tokenExpirySentence } from '../../src-shared/domain/token-expiry.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { JiraError } from '../jira/errors.ts'
import type { Deployment, Identity, Jira, ServerFacts } from '../jira/jira.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import { checkCreateScreen, checkPermissions, checkProject } from './project-steps.ts'
import { createReport, type PreflightCheck, type PreflightChoice, type StepId } from './report.ts'
import { checkWatched } from './watched-step.ts'

export interface PreflightParts extends Pick<PreflightCheck, 'clock' | 'signal'> {
  /** `watch` where absent. */
  readonly needs?: PreflightCheck['needs']
  /** Called as each step begins and ends. */
  readonly onChange?: (preflight: Preflight) => void
}

/**
 * Goes through everything that a Jira must have and allow, a step at a time, asking as little as possible and changing
 * nothing. A step that fails says what to do; what needs it is not tried. Throws `cancelled`, and bugs.
 */
export async function runPreflight(
  jira: Jira,
  choice: PreflightChoice,
  { clock, signal, needs = 'watch', onChange }: PreflightParts,
): Promise<Preflight> {
  const report = createReport(onChange)
  await walk({ ...choice, report, jira, clock, signal, needs })
  return report.finish()
}

async function walk(check: PreflightCheck): Promise<void> {
  const { report, clock, tokenExpiresOn } = check
  const isSandbox = check.connection === null
  const server = await checkServer(check)
  if (server === null) return
  const { deployment } = server.facts
  if ((await checkAccount(check, deployment)) === null) return
  await report.step('clock', () => checkClock(server.skewMs, isSandbox))
  const project = await checkProject(check)
  if (project === null) return
  await checkWatched(check, await checkCreateScreen(check, project), project.watched > 1)
  await checkPermissions(check, project)
  await report.step('token', () => checkToken(tokenExpiresOn, { nowMs: clock.now(), deployment, isSandbox }))
}

/** What the server said, and by how much its clock is ahead of the machine's (ms). */
interface KnownServer {
  readonly facts: ServerFacts
  readonly skewMs: number
}

/** One question to the server, which answers three steps: that it is there, that it is who it says, and that it is a Jira. */
async function checkServer(check: PreflightCheck): Promise<KnownServer | null> {
  const { report, connection } = check
  const asking = askServer(check)
  const failure = async (step: StepId): Promise<AppError | null> => {
    const answer = await asking
    return answer instanceof AppError && stepOf(answer) === step ? answer : null
  }
  const there = await report.step('address', async () => {
    if ((await failure('identity')) !== null) return null
    const error = await failure('address')
    return error === null ? checkSpeed(await asking, nameOf(connection)) : failed(error)
  })
  if (there === null) {
    const heldBack = await failure('identity')
    if (heldBack !== null) await report.step('identity', () => failed(heldBack))
    return null
  }
  const trusted = await report.step('certificate', async () => {
    const error = await failure('certificate')
    return error === null ? fine(certificateText(connection), true) : failed(error)
  })
  if (trusted === null) return null
  return report.step('server', async () => {
    const answer = await asking
    if (answer instanceof AppError) return failed(noJira(answer))
    const { deployment, version } = answer.facts
    report.setDeployment(deployment)
    const name = deployment === 'cloud' ? 'Jira Cloud' : `Jira Data Center ${version}`
    return fine(`${connection === null ? 'The sandbox, as ' : ''}${name}.`, answer)
  })
}

/** A server that says who it is takes a tenth of this, a far one too. */
const SLOW_MS = 2_000

function checkSpeed(answer: KnownServer | AppError, name: string): StepOutcome<true> {
  if (answer instanceof AppError || answer.facts.tookMs < SLOW_MS) return fine(`${name} answers.`, true)
  return warning(
    {
      message: `${name} is slow: it took ${(answer.facts.tookMs / 1_000).toFixed(1)} s to say who it is.`,
      hint: 'Fetches take as much longer. Look at the network, and at a VPN or a proxy on the way.',
    },
    true,
  )
}

/** Never rejects with an expected error: three steps look at it. */
async function askServer({ jira, clock, signal }: PreflightCheck): Promise<KnownServer | AppError> {
  try {
    const facts = await jira.server(signal)
    // The answer was written about halfway between question and answer.
    return { facts, skewMs: facts.siteMs - (clock.now() - facts.tookMs / 2) }
  } catch (error) {
    if (error instanceof AppError && error.code !== 'cancelled') return error
    throw error
  }
}

/** Which step an error of the first question belongs to. */
function stepOf(error: AppError): StepId {
  if (error.code === 'jira-untrusted') return 'certificate'
  // It was not asked: a log-in with this token was refused before.
  const isHeldBack = error instanceof JiraError && error.failure === 'unsent'
  if (error.code === 'not-authenticated' && isHeldBack) return 'identity'
  // A CA file or a proxy's address that is none: nothing was sent, so there was no answer.
  if (error.code === 'not-configured') return 'address'
  // A server that has trouble of its own was reached.
  const reached = error instanceof JiraError && error.failure === 'server'
  return error.code === 'jira-unreachable' && !reached ? 'address' : 'server'
}

function nameOf(connection: PreflightCheck['connection']): string {
  if (connection === null) return 'The built-in sandbox'
  return connection === undefined ? 'It' : new URL(connection.url).host
}

function certificateText(connection: PreflightCheck['connection']): string {
  if (connection === undefined) return 'Nothing to object to.'
  if (connection === null || new URL(connection.url).protocol === 'http:') {
    return 'No TLS: what is said does not leave this machine.'
  }
  const { caFile } = connection
  return caFile === null ? 'It is trusted.' : `It is trusted, with the certificates of ${caFile}.`
}

/** A page instead of an answer, at an address that asks for no log-in, is no Jira or something before it. */
function noJira(error: AppError): Pick<AppError, 'message' | 'hint'> {
  if (error.code === 'jira-limited' || error.code === 'jira-unreachable') return error
  const address =
    'Check the address: it is the one under which people open Jira, with its path where it has one ' +
    '(https://example.com/jira). A log-in page or a proxy before Jira can be in the way.'
  return {
    message: `It does not say what a Jira says of itself. ${error.message}`,
    // Where a server answers nothing without a log-in, a token that is refused shows here first.
    hint: error.code === 'not-authenticated' ? `${address} ${error.hint}` : address,
  }
}

/** A `Date` header shows whole seconds; this much more than that is a clock that is wrong. */
const MAX_SKEW_MS = 30_000

/** How far Jira's clock is from the machine's. The sandbox's may be anywhere: it has run fast at times. */
function checkClock(skewMs: number, isSandbox: boolean): StepOutcome<null> {
  const apart = Math.abs(skewMs)
  if (apart <= MAX_SKEW_MS) return fine("Jira's clock and this machine's agree.", null)
  const message = `Jira's clock is ${spanText(apart)} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's.`
  if (isSandbox) return fine(`${message} The sandbox keeps a clock of its own.`, null)
  const hint = "The chart shows Jira's times, not this machine's. Set this machine's clock by the network."
  return warning({ message, hint }, null)
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Who we are to this Jira, and the zone it takes us to live in. */
async function checkAccount(check: PreflightCheck, deployment: Deployment): Promise<Identity | null> {
  const identity = await check.report.step('identity', () => identify(check, deployment))
  if (identity === null) return null
  await check.report.step('time-zone', () =>
    fine(
      `${identity.timeZone}. Jira would read dates so; it is asked in epoch time, which has no zone.`,
      null,
    ),
  )
  return identity
}

async function identify(check: PreflightCheck, deployment: Deployment): Promise<StepOutcome<Identity>> {
  if (deployment === 'cloud' && check.connection?.user === null) {
    return failed({
      message: 'Jira Cloud wants an e-mail address with the token, and there is none.',
      hint: 'Give the e-mail address of the account that made the token, in the settings or with --user.',
    })
  }
  try {
    const identity = await check.jira.identity(check.signal)
    return fine(`${identity.displayName}.`, identity)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not-authenticated') return failed(withReasons(error, check, deployment))
    return refused(error, deployment)
  }
}

/** What we know besides Jira's answer, the likeliest reason first. */
function withReasons(
  { message, hint }: AppError,
  { connection, tokenExpiresOn, clock }: PreflightCheck,
  deployment: Deployment,
): Pick<AppError, 'message' | 'hint'> {
  const reasons = [
    ...(tokenExpiry(tokenExpiresOn, clock.now()).state === 'expired'
      ? [`The token worked until ${tokenExpiresOn}, as noted: make a new one and connect again.`]
      : []),
    ...(deployment === 'data-center' && typeof connection?.user === 'string'
      ? ['Data Center takes a personal access token without an e-mail address: leave the address out.']
      : []),
    hint,
  ]
  return { message, hint: reasons.join(' ') }
}

/** A known caller who may not ask who he is: a token without that scope, or an account without Jira. */
function refused(error: AppError, deployment: Deployment): StepOutcome<never> {
  if (error.code !== 'jira-refused' || deployment !== 'cloud') throw error
  return failed({
    message: error.message,
    hint:
      'Check that the account may use Jira. A token with scopes needs read:jira-user and read:jira-work, ' +
      'and write:jira-work to create tickets.',
  })
}

const SHOWN_AT: Readonly<Record<Deployment, string>> = {
  cloud: 'https://id.atlassian.com/manage-profile/security/api-tokens shows it',
  'data-center': 'your profile in Jira shows it under Personal Access Tokens, if it has one',
}

/** Until when the token works, as the person entered it: no Jira says. That it works now was proven before. */
export function checkToken(
  day: string | null,
  { nowMs, deployment, isSandbox }: { nowMs: number; deployment: Deployment; isSandbox: boolean },
): StepOutcome<null> {
  if (isSandbox) return fine("The sandbox's own has no last day.", null)
  if (day === null) {
    const hint = `Give the day, in the settings, with connect --token-expires 2027-01-31, or in JIRA_TOKEN_EXPIRES: ${SHOWN_AT[deployment]}.`
    return warning({ message: 'Its last day is not known, so it cannot be warned of.', hint }, null)
  }
  const sentence = tokenExpirySentence(day, nowMs)
  if (sentence === null) return fine(`It works until ${day}.`, null)
  const hint =
    tokenExpiry(day, nowMs).state === 'expired'
      ? 'It still works, so the day is wrong: give the right one, in the settings, with connect --token-expires, or in JIRA_TOKEN_EXPIRES.'
      : 'Make a new token in time, and connect again with it.'
  return warning({ message: sentence, hint }, null)
}
