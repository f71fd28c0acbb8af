import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira, SearchPage, SearchQuery } from './jira.ts'

/**
 * The pages of a search to its end. The next page is asked for while the caller works on the one before. Throws
 * `jira-broken` where a page's token comes again, since such a search has no end.
 */
export async function* searchPages(
  jira: Pick<Jira, 'search'>,
  query: Omit<SearchQuery, 'pageToken'>,
  signal: AbortSignal,
): AsyncGenerator<SearchPage, void, void> {
  const leaving = new AbortController()
  const either = AbortSignal.any([signal, leaving.signal])
  const ask = (pageToken: string | null): Promise<SearchPage> => {
    const page = jira.search({ ...query, pageToken }, either)
    // It may fail while the caller is still busy; it is awaited, and so reported, by the next turn.
    page.catch(() => {})
    return page
  }
  const tokens = new Set<string>()
  try {
    for (let next: Promise<SearchPage> | null = ask(null); next !== null;) {
      const page: SearchPage = await next
      const token = page.nextPageToken
      if (token !== null && tokens.has(token)) throw endless()
      if (token !== null) tokens.add(token)
      next = token === null ? null : ask(token)
      if (next !== null) await letRequestLeave()
      yield page
    }
  } finally {
    leaving.abort()
  }
}

export function endless(): AppError {
  return new AppError(
    'jira-broken',
    'Jira gave the same page twice, so the search would never end. What was stored stays as it is.',
    {
      hint: 'Report it to your Jira administrator if it goes on.',
      retryable: true,
    },
  )
}

/** fetch writes to a connection that it has open only on the second turn from now; work that holds the thread would keep it back. */
export async function letRequestLeave(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
