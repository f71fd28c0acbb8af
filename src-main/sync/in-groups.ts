import type { WalkedPage } from './walk-pages.ts'

/** Pages of a walk that follow each other, to be stored in one commit. */
export interface PageGroup extends WalkedPage {
  readonly pages: number
}

/**
 * Joins a walk's pages until they have so many tickets: each commit waits for the disk, which takes longer than a page
 * does. Where the walk fails, what came before comes first. An empty last page stands alone, for the caller to see: it
 * may be that of a lost log-in.
 */
export async function* inGroups(
  pages: AsyncIterable<WalkedPage>,
  tickets: number,
): AsyncGenerator<PageGroup, void, void> {
  let group: PageGroup | null = null
  try {
    for await (const page of pages) {
      if (page.last && page.tickets.length === 0 && group !== null) {
        const before: PageGroup = group
        group = null
        yield before
      }
      group = joined(group, page)
      if (!page.last && group.tickets.length < tickets) continue
      const whole: PageGroup = group
      group = null
      yield whole
    }
  } catch (error) {
    if (group !== null) yield group
    throw error
  }
}

function joined(group: PageGroup | null, page: WalkedPage): PageGroup {
  if (group === null) return { ...page, pages: 1 }
  return { ...page, tickets: [...group.tickets, ...page.tickets], pages: group.pages + 1 }
}
