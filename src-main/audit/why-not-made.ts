import type { DifferenceKind } from '../../src-shared/contract/models.ts'
import type { Run, Slot, SlotState } from '../store/store.ts'

/** A slot is this much late (site ms) before that is worth a word. */
const NOTABLE_MS = 60_000

export interface Why {
  readonly kind: DifferenceKind
  /** A sentence's worth, without its full stop. */
  readonly reason: string
}

/** Why a slot has no ticket, as the ledger tells it. `siteMs`: the site's time of the audit. */
export function whyNotMade(slot: Slot, run: Run, siteMs: number): Why {
  return WHY[slot.state](slot, run, siteMs)
}

const WHY: Readonly<Record<SlotState, (slot: Slot, run: Run, siteMs: number) => Why>> = {
  planned: whyPlanned,
  sent: (_slot, run) =>
    run.state === 'running'
      ? { kind: 'not-yet-made', reason: 'sent, and not answered yet' }
      : {
          kind: 'unknown',
          reason: 'sent, and it is not known whether it was made: resume the run to find out',
        },
  failed: ({ reason }) => ({ kind: 'failed', reason: `failed: ${said(reason) ?? 'Jira refused it'}` }),
  unknown: ({ reason }) => ({
    kind: 'unknown',
    reason: `unknown: ${said(reason) ?? 'it is not known whether it was made'}`,
  }),
  skipped: ({ reason }) => ({ kind: 'skipped', reason: `skipped: ${said(reason) ?? 'its time had passed'}` }),
  created: () => ({
    kind: 'unknown',
    reason: 'made, as the ledger says, but it has lost which ticket it was',
  }),
}

/** What the ledger says, without its full stop. */
function said(reason: string | null): string | undefined {
  return reason?.replace(/\.$/, '')
}

function whyPlanned({ plannedMs }: Slot, run: Run, siteMs: number): Why {
  if (run.state === 'stopped') {
    return { kind: 'stopped', reason: 'not made, because the run was stopped' }
  }
  if (run.state === 'paused') return { kind: 'not-yet-made', reason: 'not made yet: the run is paused' }
  const isLate = plannedMs < siteMs - NOTABLE_MS
  const more = isLate ? ', although its time has passed: look whether the run goes on' : ''
  return { kind: 'not-yet-made', reason: `not made yet${more}` }
}
