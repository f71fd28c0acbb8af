import type { AuditResult, DifferenceKind } from '../../../src-shared/contract/models.ts'

/** A slot or a ticket that is not where it should be. */
export interface Difference {
  readonly key: string | null
  readonly run: string | null
  readonly slot: number | null
  readonly minute: number
  readonly kind: DifferenceKind
  readonly reason: string
}

/** What is missing and what is too much, in order of time. */
export function differencesOf({ missing, extra }: AuditResult): readonly Difference[] {
  const surplus = extra.map((each) => ({ ...each, run: null, slot: null }))
  return [...missing, ...surplus].toSorted((a, b) => a.minute - b.minute)
}

/** How many there are of each kind, the most frequent first. */
export function kindsOf(differences: readonly Difference[]): readonly (readonly [DifferenceKind, number])[] {
  const counts = new Map<DifferenceKind, number>()
  for (const { kind } of differences) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)
}

const words: Record<DifferenceKind, string> = {
  'not-yet-made': 'Not made yet',
  failed: 'Failed',
  unknown: 'Outcome unknown',
  skipped: 'Skipped',
  stopped: 'Run stopped before',
  'not-indexed': 'Not indexed yet',
  lowered: 'Lowered',
  deleted: 'Deleted',
  moved: 'Moved',
  removed: 'Cleaned up',
  'not-fetched': 'Not fetched',
  'not-charted': 'Not charted',
  'left-in-store': 'Gone from Jira, still counted',
  foreign: 'Foreign',
  twice: 'Made twice',
}

/** What a difference is, in a word or a few. */
export function kindWords(kind: DifferenceKind): string {
  return words[kind]
}
