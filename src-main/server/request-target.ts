import { AppError } from '../../src-shared/errors/app-error.ts'

/** Every address of ours is made of plain segments, none of which begins with a dot. */
const PLAIN_PATH = /^\/(?:[\w-][\w.-]*\/)*(?:[\w-][\w.-]*)?$/

const LONGEST = 1_024

/** Names under which programs send what nobody may see in a URL: it would stay in histories and logs. */
const SECRET_NAMES =
  /(?:^|&)(?:access_?token|api_?key|auth|authorization|bearer|code|jwt|key|password|secret|session|token)(?==|&|$)/i

/** What is wrong with a request's target; null where nothing is. What was sent is not said again. */
export function faultOfTarget(
  target: string,
  takesQuery: boolean,
): { error: AppError; status: number } | null {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (target.length > LONGEST) return fault(414, 'The address is longer than any of this server’s.')
  if (!PLAIN_PATH.test(path)) return fault(400, 'No address of this server is of this form.')
  if (mark >= 0 && SECRET_NAMES.test(decoded(target.slice(mark + 1)))) {
    return fault(
      400,
      'The address has a token or a secret in it. Addresses stay in histories and logs: take it for known, and revoke it.',
      'A token goes into the header Authorization: Bearer …',
    )
  }
  if (mark >= 0 && !takesQuery) {
    return fault(400, 'This address takes no query.', 'Leave out the question mark and what follows it.')
  }
  return null
}

function decoded(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query // compared as it is
  }
}

function fault(status: number, message: string, hint = ''): { error: AppError; status: number } {
  return { status, error: new AppError('bad-request', `${message} Nothing was done.`, { hint }) }
}
