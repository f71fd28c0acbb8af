import type { Settings } from '../../src-shared/contract/settings-models.ts'

/** Which Jira is set and where its token is, in a sentence or two. */
export function nowWords({ jira, tokenIn, secrets, failure }: Settings): string {
  if (jira === null) return 'The built-in sandbox is watched. A Jira of your own can take its place.'
  const token = {
    keychain: `Its token is kept in ${secrets.label}.`,
    'safe-storage': 'Its token is kept encrypted, for this program alone.',
    environment: 'Its token is given by the environment.',
    none: 'Its token is nowhere to be found: fill it in.',
  }[tokenIn]
  const as = jira.user === null ? '' : ` as ${jira.user}`
  return `${hostOf(jira.url)} is ${failure ? `set${as}, but not open` : `watched${as}`}. ${token}`
}

/** Where a token goes that is filled in, and where the present one is. */
export function tokenPlaceWords(settings: Settings | null): { readonly goes: string; readonly is: string } {
  const kind = settings?.secrets.kind ?? 'none'
  const place = { keychain: 'in the keychain', 'safe-storage': 'encrypted', none: '' }[kind]
  return {
    goes: place === '' ? '' : `It is kept ${place} and never shown.`,
    is: settings?.tokenIn === 'environment' ? 'given by the environment' : `kept ${place}`,
  }
}

/** An address as people say it: without the scheme. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '')
}
