import type { FaultKind } from '../faults/fault-texts.ts'
import type { FaultRule } from '../faults/request-faults.ts'

/** What a page of a search may be, with all rights, that a client does not expect. */
export type SearchOddity = Extract<
  FaultKind,
  'short-page' | 'empty-page' | 'repeated-page' | 'repeated-token'
>

const ODDITIES: readonly FaultKind[] = ['short-page', 'empty-page', 'repeated-page', 'repeated-token']

/** The oddity that a fault is, or null. */
export function oddityOf(fault: FaultRule | null): SearchOddity | null {
  return fault !== null && ODDITIES.includes(fault.kind) ? (fault.kind as SearchOddity) : null
}

interface PageWithToken {
  readonly nextPageToken: string
}

/** Pages that are given again to a client that asks for the one after them. */
export interface Replays {
  keep(page: PageWithToken, times: number): void
  /** The page to be given again for this token, and one time less of it. */
  take(token: string | null | undefined): object | undefined
  clear(): void
}

export function createReplays(): Replays {
  const kept = new Map<string, { readonly page: PageWithToken; left: number }>()
  return {
    keep: (page, times) => void kept.set(page.nextPageToken, { page, left: times }),
    take(token) {
      const found = kept.get(token ?? '')
      if (found === undefined || found.left === 0) return undefined
      found.left--
      return found.page
    },
    clear: () => kept.clear(),
  }
}
