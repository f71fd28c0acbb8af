import { tickets } from './text/sentences.ts'

interface KindCount {
  readonly kind: string
  readonly count: number
}

/** What a verdict is given on: an audit's result, as the contract has it. */
export interface AuditedNumbers {
  /** Null for the audit of a span. */
  readonly run: string | null
  readonly planned: number
  readonly created: number
  readonly watched: number
  readonly others: number
  /** How many differences there are of each kind, the most frequent first. */
  readonly kinds: readonly KindCount[]
  /** Those among them that are too much, rather than missing. */
  readonly extra: { readonly length: number }
  readonly moreExtra: number
  readonly ok: boolean
}

/**
 * `ok`: nothing is lost. `later`: all that differs is on its way, and another audit in a minute will show it. `under-way`:
 * the same, of a run that is not over. `removed`: all that is missing was deleted by our own clean-up. `differs`: look
 * at the list.
 */
export type VerdictKind = 'ok' | 'later' | 'under-way' | 'removed' | 'differs'

export interface AuditVerdict {
  readonly kind: VerdictKind
  /** For the person, in a few words: `Nothing is lost`. */
  readonly title: string
  /** What that means, and what to do, as it goes on after a colon. */
  readonly text: string
  readonly sentence: string
}

/** Whether as many were created as were planned, and as many are shown everywhere as should be. */
export function numbersAgree(numbers: {
  readonly [K in 'planned' | 'created' | 'watched' | 'others' | 'indexed' | 'fetched' | 'charted']: number
}): boolean {
  const { planned, created, watched, others, indexed, fetched, charted } = numbers
  return planned === created && [indexed, fetched, charted].every((count) => count === watched + others)
}

/** What passes by itself, on a working site within a minute or two. */
const ON_ITS_WAY: ReadonlySet<string> = new Set(['not-indexed', 'not-fetched'])

/** Whether a ticket is only yet to be made: the verdict says how many are, and nobody reads through them. */
export function isToCome({ kind }: { readonly kind: string }): boolean {
  return kind === 'not-yet-made'
}

/** An audit in one sentence, the same in the window and on the command line. */
export function auditVerdict(audit: AuditedNumbers): AuditVerdict {
  const kind = verdictKind(audit)
  const title = TITLES[kind]
  const text = TEXTS[kind](audit)
  return { kind, title, text, sentence: `${title}: ${text}` }
}

function verdictKind({ ok, kinds, extra, moreExtra }: AuditedNumbers): VerdictKind {
  if (ok) return 'ok'
  if (extra.length + moreExtra > 0 || kinds.length === 0) return 'differs'
  if (kinds.every(({ kind }) => kind === 'removed')) return 'removed'
  if (kinds.every(({ kind }) => ON_ITS_WAY.has(kind))) return 'later'
  const passes = kinds.every(({ kind }) => ON_ITS_WAY.has(kind) || isToCome({ kind }))
  return passes ? 'under-way' : 'differs'
}

const TITLES: Readonly<Record<VerdictKind, string>> = {
  ok: 'Nothing is lost',
  later: 'Not everything has arrived yet',
  'under-way': 'Not over yet',
  removed: 'Cleaned up',
  differs: 'Not all is as it should be',
}

const TEXTS: Readonly<Record<VerdictKind, (audit: AuditedNumbers) => string>> = {
  ok: okText,
  later: ({ kinds }) => laterText(kinds),
  'under-way': ({ planned, created }) =>
    `${created} of ${tickets(planned)} ${are(created)} made. Nothing else is amiss.`,
  removed: ({ kinds }) => {
    const count = sumOf(kinds)
    return `${tickets(count)} ${count === 1 ? 'was' : 'were'} deleted from Jira afterwards, by the clean-up that somebody asked for. Nothing else is amiss.`
  },
  differs: ({ kinds }) => {
    if (kinds.length === 0) return 'the numbers of some minutes differ.'
    const count = sumOf(kinds)
    return `${count === 1 ? '1 difference' : `${count} differences`} (${listed(kinds)}).`
  },
}

function laterText(kinds: readonly KindCount[]): string {
  const unfetched = sumOf(kinds.filter(({ kind }) => kind === 'not-fetched'))
  const unindexed = sumOf(kinds) - unfetched
  const parts = [
    unindexed > 0 && `${tickets(unindexed)} ${are(unindexed)} in Jira, but not in its search index yet`,
    unfetched > 0 && `${tickets(unfetched)} ${are(unfetched)} not fetched yet`,
  ].filter((part) => part !== false)
  const advice =
    unfetched === 0
      ? 'That passes by itself: try again in a minute.'
      : unindexed === 0
        ? 'Fetch, and audit again.'
        : 'Fetch in a minute, and audit again.'
  return `${parts.join(', and ')}. ${advice}`
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function okText({ run, created, watched, others }: AuditedNumbers): string {
  const all = watched + others
  const shown = `${tickets(all)} that ${are(all)} watched ${are(all)} in Jira, in the store and in the chart`
  if (run !== null && all === 0) return `${whole(created)}; none of them is watched.`
  if (run !== null) return `${whole(created)}, and the ${shown}.`
  return all === 0 ? 'no watched ticket was created in this span.' : `the ${shown}.`
}

function whole(created: number): string {
  return created === 1 ? 'the one ticket was made' : `all ${created} tickets were made`
}

function sumOf(kinds: readonly KindCount[]): number {
  return kinds.reduce((sum, { count }) => sum + count, 0)
}

/** `3 deleted, 1 failed`. */
function listed(kinds: readonly KindCount[]): string {
  return kinds.map(({ kind, count }) => `${count} ${kind.replaceAll('-', ' ')}`).join(', ')
}
