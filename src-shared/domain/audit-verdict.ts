/** What a verdict is given on: an audit's result, as the contract has it. */
export interface AuditedNumbers {
  /** Null for the audit of a span. */
  readonly run: string | null
  readonly planned: number
  readonly created: number
  readonly watched: number
  readonly others: number
  readonly missing: readonly { readonly kind: string }[]
  readonly extra: readonly { readonly kind: string }[]
  readonly ok: boolean
}

/**
 * `ok`: nothing is lost. `later`: all that differs is on its way, and another audit in a minute will tell. `under-way`:
 * the same, of a run that is not over. `removed`: all that is missing was deleted by our own clean-up. `differs`: look
 * at the list.
 */
export type VerdictKind = 'ok' | 'later' | 'under-way' | 'removed' | 'differs'

export interface AuditVerdict {
  readonly kind: VerdictKind
  /** For the person: what it means, and what to do. */
  readonly sentence: string
}

/** What passes by itself, on a working site within a minute or two. */
const ON_ITS_WAY: ReadonlySet<string> = new Set(['not-indexed', 'not-fetched'])

/** An audit in one sentence, the same at every door. */
export function auditVerdict(audit: AuditedNumbers): AuditVerdict {
  const kind = verdictKind(audit)
  return { kind, sentence: SENTENCES[kind](audit) }
}

function verdictKind({ ok, missing, extra }: AuditedNumbers): VerdictKind {
  if (ok) return 'ok'
  if (extra.length > 0 || missing.length === 0) return 'differs'
  if (missing.every(({ kind }) => kind === 'removed')) return 'removed'
  if (missing.every(({ kind }) => ON_ITS_WAY.has(kind))) return 'later'
  const passes = missing.every(({ kind }) => ON_ITS_WAY.has(kind) || kind === 'not-yet-made')
  return passes ? 'under-way' : 'differs'
}

const SENTENCES: Readonly<Record<VerdictKind, (audit: AuditedNumbers) => string>> = {
  ok: okSentence,
  later: ({ missing }) => laterSentence(missing.map(({ kind }) => kind)),
  'under-way': ({ planned, created }) =>
    `Not over yet: ${created} of ${tickets(planned)} ${are(created)} made. Nothing else is amiss.`,
  removed: ({ missing }) =>
    `Cleaned up: ${tickets(missing.length)} ${missing.length === 1 ? 'was' : 'were'} deleted from Jira afterwards, by the clean-up that somebody asked for. Nothing else is amiss.`,
  differs: ({ missing, extra }) => {
    const kinds = [...missing, ...extra].map(({ kind }) => kind)
    if (kinds.length === 0) return 'Not all is as it should be: the numbers of some minutes differ.'
    return `Not all is as it should be: ${differences(kinds.length)} (${summed(kinds)}).`
  },
}

function laterSentence(kinds: readonly string[]): string {
  const unfetched = kinds.filter((kind) => kind === 'not-fetched').length
  const unindexed = kinds.length - unfetched
  const parts = [
    ...(unindexed === 0
      ? []
      : [`${tickets(unindexed)} ${are(unindexed)} in Jira, but not in its search index yet`]),
    ...(unfetched === 0 ? [] : [`${tickets(unfetched)} ${are(unfetched)} not fetched yet`]),
  ]
  const advice =
    unfetched === 0
      ? 'That passes by itself: try again in a minute.'
      : unindexed === 0
        ? 'Fetch, and audit again.'
        : 'Fetch in a minute, and audit again.'
  return `Not everything has arrived yet: ${parts.join(', and ')}. ${advice}`
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function okSentence({ run, created, watched, others }: AuditedNumbers): string {
  const all = watched + others
  const shown = `${tickets(all)} that ${are(all)} watched ${are(all)} in Jira, in the store and in the chart`
  if (run !== null && all === 0) return `Nothing is lost: ${whole(created)}; none of them is watched.`
  if (run !== null) return `Nothing is lost: ${whole(created)}, and the ${shown}.`
  return all === 0
    ? 'Nothing is lost: no watched ticket was created in this span.'
    : `Nothing is lost: the ${shown}.`
}

function whole(created: number): string {
  return created === 1 ? 'the one ticket was made' : `all ${created} tickets were made`
}

function tickets(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`
}

function differences(count: number): string {
  return count === 1 ? '1 difference' : `${count} differences`
}

/** `3 deleted, 1 failed`: the most frequent first. */
function summed(kinds: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind.replaceAll('-', ' ')}`)
    .join(', ')
}
