import { type AppError, nothingSent, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../jira/site-url.ts'
import type { JiraConfig, SiteConfig } from './config.ts'
import type { FoundSetting } from './look-up.ts'

/**
 * Checks which Jira was chosen: `sandbox` or a URL. That there is no token, or no user, is no error here: the keychain
 * may have the token, and Data Center has no user. Throws `usage` (said by a person just now) or `not-configured` (set
 * somewhere).
 */
export function jiraConfig(found: FoundSetting, site: Omit<SiteConfig, 'kind' | 'url'>): JiraConfig {
  return found.value === 'sandbox'
    ? { kind: 'sandbox' }
    : { kind: 'site', url: siteUrl(found, ANY_FORM), ...site }
}

/**
 * A site's address in the one form that we use: no query, no slash at its end. Plain HTTP is for this machine alone,
 * since it would show the token to others. Throws as `jiraConfig`.
 */
export function siteUrl({ value, source, code }: Omit<FoundSetting, 'folder'>, forms = URL_FORM): string {
  const refuse = (problem: string): AppError => nothingSent(code, `${source} ${problem}.`, `Give ${forms}.`)
  const url = URL.parse(value)
  if (url === null) throw refuse(`is ${forms === ANY_FORM ? 'neither sandbox nor a URL' : 'no URL'}`)
  // Not shown: it holds a secret.
  if (url.username !== '' || url.password !== '') throw refuse('holds a user or a password')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse(`is ${value}, but must begin with https:// (http:// only for this machine)`)
  }
  // Cloud has no path before its API: what was copied is one of its pages.
  if (/\.(atlassian\.net|jira\.com)$/.test(url.hostname)) return url.origin
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

const URL_FORM = 'a URL as https://example.atlassian.net'
const ANY_FORM = `sandbox, or ${URL_FORM}`

/** A project's key in Jira's own spelling. It becomes part of queries, so nothing but a key may pass. Throws `code`. */
export function checkedProjectKey({ value, source, code }: Omit<FoundSetting, 'folder'>): string {
  if (/^[A-Za-z][A-Za-z0-9_]{0,31}$/.test(value)) return value.toUpperCase()
  throw nothingStarted(
    code,
    `${source} is not a project's key.`,
    'A key has letters, digits and _, and begins with a letter, as TPM.',
  )
}
