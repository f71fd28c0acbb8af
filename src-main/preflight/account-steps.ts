import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Deployment, Identity, Jira } from '../jira/jira.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import type { Report } from './report.ts'

interface AccountParts {
  readonly deployment: Deployment
  /** Null: the sandbox, which knows its own account. */
  readonly connection: { readonly user: string | null } | null | undefined
  /** Set where the person told a day that is past. */
  readonly expiredOn: string | null
  readonly signal: AbortSignal
}

/** Who we are to this Jira, and the zone it takes us to live in. */
export async function checkAccount(
  report: Report,
  jira: Pick<Jira, 'identity'>,
  parts: AccountParts,
): Promise<Identity | null> {
  const identity = await report.step('identity', () => identify(jira, parts))
  if (identity === null) return null
  await report.step('time-zone', () =>
    fine(
      `${identity.timeZone}. Jira would read dates so; it is asked in epoch time, which has no zone.`,
      null,
    ),
  )
  return identity
}

async function identify(jira: Pick<Jira, 'identity'>, parts: AccountParts): Promise<Outcome<Identity>> {
  if (parts.deployment === 'cloud' && parts.connection?.user === null) {
    return failed({
      message: 'Jira Cloud wants an e-mail address with the token, and there is none.',
      hint: 'Give the e-mail address of the account that made the token, in the settings or with --user.',
    })
  }
  try {
    const identity = await jira.identity(parts.signal)
    return fine(`${identity.displayName}.`, identity)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code === 'not-authenticated' ? failed(withReasons(error, parts)) : refused(error, parts)
  }
}

/** What we know besides Jira's answer, the likeliest reason first. */
function withReasons(
  { message, hint }: AppError,
  { deployment, connection, expiredOn }: AccountParts,
): Pick<AppError, 'message' | 'hint'> {
  const reasons = [
    ...(expiredOn === null
      ? []
      : [`The token worked until ${expiredOn}, as noted: make a new one and connect again.`]),
    ...(deployment === 'data-center' && typeof connection?.user === 'string'
      ? ['Data Center takes a personal access token without an e-mail address: leave the address out.']
      : []),
    hint,
  ]
  return { message, hint: reasons.join(' ') }
}

/** A known caller who may not ask who he is: a token without that scope, or an account without Jira. */
function refused(error: AppError, { deployment }: AccountParts): Outcome<never> {
  if (error.code !== 'jira-refused' || deployment !== 'cloud') throw error
  return failed({
    message: error.message,
    hint:
      'Check that the account may use Jira. A token with scopes needs read:jira-user and read:jira-work, ' +
      'and write:jira-work to create tickets.',
  })
}
