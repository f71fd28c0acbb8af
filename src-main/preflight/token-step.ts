import { tokenExpiry, tokenExpirySentence } from '../../src-shared/domain/token-expiry.ts'
import type { Deployment } from '../jira/jira.ts'
import { fine, warning, type Outcome } from '../runtime/steps.ts'

interface TokenParts {
  readonly nowMs: number
  readonly deployment: Deployment
  readonly isSandbox: boolean
}

/** The day that was told as a token's last, where it is past; else null. */
export function expiredOn(day: string | null, nowMs: number): string | null {
  return tokenExpiry(day, nowMs).state === 'expired' ? day : null
}

/** Until when the token works, as the person told it: no Jira does. That it works now was proven before. */
export function checkToken(day: string | null, { nowMs, deployment, isSandbox }: TokenParts): Outcome<null> {
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

const SHOWN_AT: Readonly<Record<Deployment, string>> = {
  cloud: 'https://id.atlassian.com/manage-profile/security/api-tokens shows it',
  'data-center': 'your profile in Jira shows it under Personal Access Tokens, if it has one',
}
