import type { Store } from '../../src-main/store/store.ts'
import { page, SITE, ticket } from './pages.ts'
import { newSlots, RUN } from './runs.ts'

/** A run's tickets, and as many others, as an older version stored them. */
export async function fillOldTickets(store: Store, made: number): Promise<void> {
  const slots = newSlots(made)
  await store.createRun({ ...RUN, planned: made }, slots)
  const outcome = { state: 'created', answeredAtMs: 1, latenessMs: 1, reason: null } as const
  await store.claimSlots(
    SITE,
    RUN.runId,
    slots.map(({ slot }) => slot),
    1,
  )
  await store.recordSlots(
    SITE,
    RUN.runId,
    slots.map(({ slot }) => ({ ...outcome, slot, issueId: `m${slot}`, issueKey: `TPM-${slot}` })),
  )
  const ids = slots.flatMap(({ slot }) => [`m${slot}`, `other${slot}`])
  await store.applyPage(page(ids.map((id) => ticket(id))))
}
