import type { IncomingHttpHeaders } from 'node:http'

/** An answer without its body. */
export interface AnswerHead {
  readonly status: number
  /** A header's value by its lower-case name, several joined by commas; null where there is none. */
  readonly header: (name: string) => string | null
}

export function answerHead(status: number, headers: IncomingHttpHeaders): AnswerHead {
  return {
    status,
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
  }
}

/**
 * For whom Jira answered: Cloud's account id, or Data Center's user name, which it writes URL-encoded. Null where it
 * was nobody, or the answer does not say.
 */
export function answeredFor({ header }: AnswerHead): string | null {
  const accountId = header('x-aaccountid')
  if (accountId !== null) return named(accountId)
  const userName = header('x-ausername')
  return userName === null || userName === 'anonymous' ? null : named(decoded(userName))
}

function named(value: string): string | null {
  return value === '' || value.length > 255 ? null : value
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
