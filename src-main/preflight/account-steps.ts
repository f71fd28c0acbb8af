import { tokenExpiry, tokenExpirySentence } from '../../src-shared/domain/token-expiry.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Deployment, Identity } from '../jira/jira.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import type { PreflightCheck } from './report.ts'

const SHOWN_AT: Readonly<Record<Deployment, string>> = {
  cloud: 'https://id.atlassian.com/manage-profile/security/api-tokens shows it',
  'data-center': 'your profile in Jira shows it under Personal Access Tokens, if it has one',
}

/** Who we are to this Jira, and the zone it takes us to live in. */
export async function checkAccount(check: PreflightCheck, deployment: Deployment): Promise<Identity | null> {
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
