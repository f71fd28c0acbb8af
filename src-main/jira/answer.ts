import {
  brokenAnswer,
  limited,
  notAuthenticated,
  refusedByJira,
  serverTrouble,
  type JiraError,
} from './errors.ts'
import { rateLimitReason, retryAfterMs } from './rate-limit.ts'
import { saidByJira } from './said-by-jira.ts'

interface AnswerOptions {
  readonly host: string
  readonly maxBytes: number
  /** Takes secrets out of what the other side says. */
  readonly redact: (text: string) => string
}

/**
 * The data of an answer: its parsed JSON, undefined where it has no content. `text` is its body, null where that was
 * larger than `maxBytes`. Throws the JiraError that fits everything else.
 */
export function readAnswer(response: Response, text: string | null, options: AnswerOptions): unknown {
  const { status, headers } = response
  const { host } = options
  const failure = loginFailure(headers, host) ?? statusFailure(response, text ?? '', options)
  if (failure !== null) throw failure

  if (status === 204) return undefined
  if (text === null) throw brokenAnswer(host, 'shape', `with more than ${options.maxBytes / 2 ** 20} MiB`)
  const type = headers.get('content-type') ?? 'no content type'
  if (type.includes('text/html'))
    throw notAuthenticated(host, 'answered with a web page, as it does to log in')
  if (!type.includes('application/json')) {
    throw brokenAnswer(host, 'shape', `with ${options.redact(type)} instead of JSON`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw brokenAnswer(host, 'cut', 'with JSON that breaks off')
  }
}

/**
 * Jira may answer 200 and an empty list to someone whose token it did not accept; this header is then the only trace.
 * See https://github.com/MrRefactoring/jira.js/issues/418.
 */
function loginFailure(headers: Headers, host: string): JiraError | null {
  switch (headers.get('x-seraph-loginreason')) {
    case 'AUTHENTICATED_FAILED':
      return notAuthenticated(host, 'did not accept the e-mail address and API token')
    case 'AUTHENTICATION_DENIED':
      return notAuthenticated(
        host,
        'has locked the account after failed attempts, until it logs in once in a browser',
      )
    default:
      return null
  }
}

function statusFailure(response: Response, text: string, { host, redact }: AnswerOptions): JiraError | null {
  const { status, headers } = response
  if (status < 300) return null
  if (status < 400) return redirectFailure(headers, host)
  if (status === 401) return notAuthenticated(host, 'did not accept the e-mail address and API token')
  if (status === 429) return limited(host, rateLimitReason(headers), retryAfterMs(headers))
  if (status >= 500) return serverTrouble(host, status, retryAfterMs(headers))
  return refusedByJira(host, status, redact(saidByJira(text)))
}

/** A redirect is never followed: it leads to a login page, or to a site that was not asked for. */
function redirectFailure(headers: Headers, host: string): JiraError {
  const location = headers.get('location') ?? ''
  if (/login|auth|sso|id\.atlassian\.com/i.test(location))
    return notAuthenticated(host, 'sends us to its login page')
  const target = URL.canParse(location) ? new URL(location).host : 'another page'
  return brokenAnswer(host, 'answered', `with a redirect to ${target}`)
}
