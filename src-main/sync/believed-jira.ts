import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import type { IdentityProof } from './identity-proof.ts'

/** The answers that say in a header for whom they are. */
interface Addressed {
  readonly accountId: string | null
}

/**
 * A Jira whose searches only give answers that were meant for us. One that names nobody, or somebody else, may be that
 * of a lost log-in, which looks like an empty site: Jira is asked who we are, and then for the page again. Only where
 * it never names anybody (a gateway may take the header out) is such a page believed on that proof alone. Throws
 * `not-authenticated`, or `jira-broken` where a page stays that of somebody else.
 */
export function believeOnlyOurs(
  jira: Pick<Jira, 'search' | 'searchIds'>,
  identity: IdentityProof,
): Pick<Jira, 'search' | 'searchIds'> {
  let names: 'always' | 'never' | 'unknown' = 'unknown'

  const isOurs = ({ accountId }: Addressed): boolean => {
    if (accountId === null || accountId !== identity.accountId()) return false
    names = 'always'
    return true
  }
  async function believed<T extends Addressed>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const page = await ask()
    if (isOurs(page)) return page
    await identity.proveAgain(signal)
    if (page.accountId === null && names === 'never') return page
    const again = await ask()
    if (isOurs(again)) return again
    if (again.accountId !== null || names === 'always') throw notForUs()
    names = 'never'
    return again
  }

  return {
    search: (query, signal) => believed(() => jira.search(query, signal), signal),
    searchIds: (query, signal) => believed(() => jira.searchIds(query, signal), signal),
  }
}

/** An answer that is not to be believed, although Jira knows us. */
export function notForUs(): AppError {
  return new AppError(
    'jira-broken',
    'Jira answered a search as if somebody else had asked, although it knows us. Nothing was changed by that answer.',
    {
      hint: 'While it is open, Jira TPM tries again by itself. If it goes on, ask your Jira administrator what stands between.',
      retryable: true,
    },
  )
}
