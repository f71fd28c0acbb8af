import type { AuditResult, DifferenceKind } from '../../../src-shared/contract/models.ts'
import { capital } from '../number-words.ts'

/** A slot or a ticket that is not where it should be. */
export interface Difference {
  readonly key: string | null
  readonly run: string | null
  readonly slot: number | null
  readonly minute: number
  readonly kind: DifferenceKind
  readonly reason: string
}

/** What is missing and what is too much as far as the audit lists it, in order of time. */
export function differencesOf({ missing, extra }: AuditResult): readonly Difference[] {
  const surplus = extra.map((each) => ({ ...each, run: null, slot: null }))
  return [...missing, ...surplus].toSorted((a, b) => a.minute - b.minute)
}

/** How many there are, listed or not. */
export function differencesIn({ kinds }: Pick<AuditResult, 'kinds'>): number {
  return kinds.reduce((sum, { count }) => sum + count, 0)
}

const words: Record<DifferenceKind, string> = {
  'not-yet-made': 'Not made yet',
  failed: 'Failed',
  unknown: 'Outcome unknown',
  skipped: 'Skipped',
  stopped: 'Stopped before its time',
  'not-indexed': 'Not indexed yet',
  lowered: 'Lowered',
  deleted: 'Deleted',
  moved: 'Moved',
  removed: 'Cleaned up',
  'not-fetched': 'Not fetched',
  'not-charted': 'Not charted',
  'left-in-store': 'Gone from Jira but counted',
  foreign: 'Foreign',
  twice: 'Made twice',
}

/** What a difference is, in a word or a few. */
export function kindWords(kind: DifferenceKind): string {
  return words[kind]
}

/** The likely reason, without the kind before it: that stands beside it. */
export function whyWords(kind: DifferenceKind, reason: string): string {
  return capital(reason.startsWith(`${kind}: `) ? reason.slice(kind.length + 2) : reason)
}
