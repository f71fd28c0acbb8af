import type { MinuteChanges } from './store.ts'

export interface SiteSeq {
  /** The number of the site's last commit. */
  readonly seq: number
  /** Who has seen less must ask for everything again. */
  readonly resetSeq: number
}

/**
 * The row that stands for all sites which have none of their own yet: what changes everything at every site is numbered
 * there, too, and a site's own numbers begin where it is.
 */
export const ANY_SITE = ''

export const BEFORE_THE_FIRST: SiteSeq = { seq: 0, resetSeq: 0 }

/** See `Store.changesSince`: what is told without reading any count; null where they must be read. */
export function changesUnread({ seq, resetSeq }: SiteSeq, since: number): MinuteChanges | null {
  if (since >= seq) return { seq, changes: [] }
  return since < resetSeq ? { seq, changes: null } : null
}
