import { AppError } from '../../src-shared/errors/app-error.ts'
import { JiraError } from '../jira/errors.ts'
import type { ServerFacts } from '../jira/jira.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import type { PreflightCheck, StepId } from './report.ts'

/** What the server said, and by how much its clock is ahead of the machine's (ms). */
interface KnownServer {
  readonly facts: ServerFacts
  readonly skewMs: number
}

/** A `Date` header shows whole seconds; this much more than that is a clock that is wrong. */
const MAX_SKEW_MS = 30_000

/** One question to the server, which answers three steps: that it is there, that it is who it says, and that it is a Jira. */
export async function checkServer(check: PreflightCheck): Promise<KnownServer | null> {
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

/** How far Jira's clock is from the machine's. The sandbox's may be anywhere: it has run fast at times. */
export function checkClock(skewMs: number, isSandbox: boolean): StepOutcome<null> {
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
