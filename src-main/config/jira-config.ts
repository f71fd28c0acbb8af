import { AppError } from '../../src-shared/errors/app-error.ts'
import type { JiraConfig } from './config.ts'

/** What was said about Jira, and where: a wrong flag is a wrong command, a wrong variable a wrong set-up. */
export interface JiraChoice {
  /** `sandbox` or a URL. */
  readonly target: string
  readonly source: '--jira' | 'JIRA_URL' | 'config.json'
  readonly user: string | undefined
  readonly apiToken: string | undefined
}

/**
 * Checks which Jira was chosen. Throws `usage` (a wrong flag) or `not-configured` (a wrong URL elsewhere, or a URL
 * without credentials).
 */
export function jiraConfig(choice: JiraChoice): JiraConfig {
  if (choice.target === 'sandbox') return { kind: 'sandbox' }
  const url = siteUrl(choice)
  const { user, apiToken } = choice
  if (user !== undefined && apiToken !== undefined) return { kind: 'site', url, email: user, apiToken }
  const missing = [
    ...(user === undefined ? ['JIRA_USER'] : []),
    ...(apiToken === undefined ? ['JIRA_API_KEY'] : []),
  ]
  throw new AppError('not-configured', `To use ${url} set ${missing.join(' and ')}. Nothing was sent.`, {
    hint: 'JIRA_USER is your e-mail address, JIRA_API_KEY an API token, in the environment or in .env. Without an account, use --jira sandbox.',
  })
}

function siteUrl({ target, source }: JiraChoice): string {
  const refuse = (problem: string): AppError =>
    new AppError(
      source === '--jira' ? 'usage' : 'not-configured',
      `${source} ${problem}. Nothing was sent.`,
      { hint: 'Give sandbox, or a URL as https://example.atlassian.net.' },
    )
  const url = URL.parse(target)
  if (url === null) throw refuse('is neither sandbox nor a URL')
  // Not shown: it holds a secret.
  if (url.username !== '' || url.password !== '') throw refuse('holds a user or a password')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse(`is ${target}, but must begin with https:// (http:// only for this machine)`)
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
