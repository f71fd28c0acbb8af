/** How we say who we are, and what to say where that is not believed. */
export interface JiraCredentials {
  /** The whole `Authorization` header; null: we ask anonymously. */
  readonly authorization: string | null
  /** What must appear in no text, in every form in which the other side could echo it. */
  readonly secrets: readonly string[]
  /** Completes "did not accept …". */
  readonly name: string
  readonly hint: string
}

const HIDDEN = '(hidden)'

/** An account of Jira Cloud. https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/ */
export function apiToken(email: string, token: string): JiraCredentials {
  const encoded = Buffer.from(`${email}:${token}`).toString('base64')
  return {
    authorization: `Basic ${encoded}`,
    secrets: [token, encoded],
    name: 'the e-mail address and API token',
    hint:
      'Check the e-mail address and the API token: tokens expire after a year at the latest. ' +
      'New ones are made at https://id.atlassian.com/manage-profile/security/api-tokens.',
  }
}

/** An account of Jira Data Center, 8.14 or later. */
export function accessToken(token: string): JiraCredentials {
  return {
    authorization: `Bearer ${token}`,
    secrets: [token],
    name: 'the personal access token',
    hint: 'Check the personal access token: it may have expired or been revoked. New ones are made in Jira, under your profile picture, Profile, Personal Access Tokens.',
  }
}

/** For what Jira answers to anyone. */
export const ANONYMOUS: JiraCredentials = {
  authorization: null,
  secrets: [],
  name: 'a request without credentials',
  hint: 'Check that the address is that of a Jira; something before it asks to log in first.',
}

/**
 * Makes the function that takes secrets out of a text that came from outside, cut to a length that a person reads.
 * A server, or a proxy before it, may echo the request that it refuses, credentials and all, in any case of letters.
 */
export function createRedactor(secrets: readonly string[], maxLength = 300): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))
  forms.delete('')
  // The longest first: a secret may be part of another.
  const patterns = [...forms]
    .toSorted((a, b) => b.length - a.length)
    .map((form) => new RegExp(form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), 'gi'))
  return (text) => {
    const clean = patterns
      .reduce((rest, pattern) => rest.replace(pattern, HIDDEN), text)
      .replaceAll(/\s+/g, ' ')
    return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean
  }
}
