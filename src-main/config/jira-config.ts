import {
  type AppError,
  type ErrorCode,
  nothingSent,
  nothingStarted,
} from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../jira/site-url.ts'
import type { JiraConfig, SiteConfig } from './config.ts'

/** Where it was said: a wrong flag is a wrong command, a wrong variable a wrong set-up. */
type JiraSource = '--jira' | 'JIRA_URL' | 'config.json' | 'settings' | 'connect'

/** What was said about Jira, and where. */
export interface JiraChoice extends Omit<SiteConfig, 'kind' | 'url'> {
  /** `sandbox` or a URL. */
  readonly target: string
  readonly source: JiraSource
}

/**
 * Checks which Jira was chosen. That there is no token, or no user, is no error here: the keychain may have the token,
 * and Data Center has no user. Throws `usage` (said by a person just now) or `not-configured` (set somewhere).
 */
export function jiraConfig({ target, source, ...site }: JiraChoice): JiraConfig {
  if (target === 'sandbox') return { kind: 'sandbox' }
  return { kind: 'site', url: siteUrl({ target, source }), ...site }
}

/**
 * A site's address in the one form that we use: no query, no slash at its end. Plain HTTP is for this machine alone,
 * since it would show the token to others. Throws as `jiraConfig`.
 */
export function siteUrl({ target, source }: Pick<JiraChoice, 'target' | 'source'>): string {
  const { code, subject, forms } = SOURCES[source]
  const refuse = (problem: string): AppError => nothingSent(code, `${subject} ${problem}.`, `Give ${forms}.`)
  const url = URL.parse(target)
  if (url === null) throw refuse(`is ${forms === ANY_FORM ? 'neither sandbox nor a URL' : 'no URL'}`)
  // Not shown: it holds a secret.
  if (url.username !== '' || url.password !== '') throw refuse('holds a user or a password')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse(`is ${target}, but must begin with https:// (http:// only for this machine)`)
  }
  // Cloud has no path before its API: what was copied is one of its pages.
  if (/\.(atlassian\.net|jira\.com)$/.test(url.hostname)) return url.origin
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

const URL_FORM = 'a URL as https://example.atlassian.net'
const ANY_FORM = `sandbox, or ${URL_FORM}`

const SOURCES = {
  '--jira': { code: 'usage', subject: '--jira', forms: ANY_FORM },
  JIRA_URL: { code: 'not-configured', subject: 'JIRA_URL', forms: ANY_FORM },
  'config.json': { code: 'not-configured', subject: '"jira" in config.json', forms: ANY_FORM },
  settings: { code: 'usage', subject: 'The address', forms: URL_FORM },
  connect: { code: 'usage', subject: 'The address', forms: URL_FORM },
} as const satisfies Record<JiraSource, { code: 'usage' | 'not-configured'; subject: string; forms: string }>

/** A project's key in Jira's own spelling. It becomes part of queries, so nothing but a key may pass. Throws `code`. */
export function projectKey(text: string, source: string, code: ErrorCode): string {
  if (/^[A-Za-z][A-Za-z0-9_]{0,31}$/.test(text)) return text.toUpperCase()
  throw nothingStarted(
    code,
    `${source} is not a project's key.`,
    'A key has letters, digits and _, and begins with a letter, as TPM.',
  )
}
