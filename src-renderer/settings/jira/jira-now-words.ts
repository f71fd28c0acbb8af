import type { Settings } from '../../../src-shared/contract/settings-models.ts'
import { secretSentence } from '../form/secret-words.ts'

/** Which Jira is set and where its token is, in a sentence or two. */
export function nowWords({ jira, tokenIn, secrets, failure }: Settings): string {
  if (jira === null) return 'The built-in sandbox is watched. A Jira of your own can take its place.'
  const token = secretSentence('token', tokenIn, secrets, 'Its token is nowhere to be found: fill it in.')
  const as = jira.user === null ? '' : ` as ${jira.user}`
  return `${hostOf(jira.url)} is ${failure ? `set${as}, but not open` : `watched${as}`}. ${token}`
}

/** An address as people say it: without the scheme. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '')
}
