import type { Jira } from '../jira/jira.ts'
import type { Run, Slot } from '../store/store.ts'
import type { Ledger } from './ledger.ts'
import { markedSlot } from './marks.ts'
import { lastSign } from './resume-run.ts'
import { searchRunTickets } from './run-tickets.ts'

/** The site stamps a ticket a little after its slot was claimed, and by a clock that need not be quite the same. */
const CLAIM_SLACK_MS = 5 * 60_000

/**
 * The planned slots of a run that goes on which were sent all the same. A server that failed over, or a database that
 * was restored, may have lost its last commits: but this process knows what it sent, and Jira shows what others did,
 * unless its index lags. Throws where Jira cannot be asked.
 */
export async function lostClaims(
  {
    run,
    slots,
    ledger,
    jira,
  }: {
    readonly run: Run
    readonly slots: readonly Slot[]
    readonly ledger: Pick<Ledger, 'hasSent'>
    readonly jira: Pick<Jira, 'search'>
  },
  signal: AbortSignal,
): Promise<number[]> {
  const planned = slots.filter(({ state }) => state === 'planned').map(({ slot }) => slot)
  const goesOn = run.stateSinceMs !== run.createdAtMs
  if (!goesOn || planned.length === 0) return []
  const sinceMs = lastSign(run, slots) - CLAIM_SLACK_MS
  const tickets = await searchRunTickets(jira, run.runId, signal, { sinceMs })
  const made = new Set(tickets.map(({ property }) => markedSlot(property, run.runId)))
  return planned.filter((slot) => ledger.hasSent(slot) || made.has(slot))
}
