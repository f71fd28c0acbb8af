import { machineTime } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock, SiteTime } from '../clock.ts'
import type { CreatedTicket, Jira } from '../jira/jira.ts'
import type { NewSlot, SlotOutcome } from '../store/store.ts'
import { GENERATED_LABEL, runLabel, SLOT_PROPERTY, slotMark } from './marks.ts'
import type { TicketTextSource } from './ticket-text.ts'

/**
 * What a request for a slot's ticket came to: an outcome that can be written down, or doubt, when the ticket may or may
 * not have been made. `trouble` is what will meet the next slots, too: the run should not go on.
 */
export type Sent = ({ readonly outcome: SlotOutcome } | { readonly doubt: SlotDoubt }) & {
  readonly trouble?: AppError
}

/** A slot that has to be looked for in Jira. */
export interface SlotDoubt {
  readonly slot: number
  /** Null where the request was made by a process that is gone. */
  readonly latenessMs: number | null
  /** Why it is not known. */
  readonly because: string
}

export interface SendParts {
  readonly jira: Pick<Jira, 'create'>
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly texts: TicketTextSource
  readonly runId: string
  readonly projectKey: string
  readonly issueTypeId: string
  readonly signal: AbortSignal
}

/** Sends the request for a slot's ticket, once. Throws nothing but bugs. */
export async function sendSlot(parts: SendParts, slot: NewSlot): Promise<Sent> {
  const { clock, siteTime, jira, signal } = parts
  const dueMs = machineTime(siteTime.current(), slot.plannedMs)
  const latenessMs = Math.max(0, clock.now() - dueMs)
  try {
    const ticket = await jira.create(newTicket(parts, slot), signal)
    return { outcome: madeOutcome(slot.slot, ticket, { answeredAtMs: siteTime.now(), latenessMs }) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return afterError(error, slot.slot, { answeredAtMs: siteTime.now(), latenessMs })
  }
}

function newTicket(
  { texts, runId, projectKey, issueTypeId }: SendParts,
  slot: NewSlot,
): Parameters<Jira['create']>[0] {
  return {
    projectKey,
    issueTypeId,
    priorityId: slot.priorityId,
    ...texts.at(slot.slot),
    labels: [GENERATED_LABEL, runLabel(runId)],
    properties: [{ key: SLOT_PROPERTY, value: slotMark(runId, slot.slot) }],
  }
}

interface Times {
  /** Site epoch ms. */
  readonly answeredAtMs: number
  /** Real milliseconds. */
  readonly latenessMs: number | null
}

export function madeOutcome(slot: number, { id, key }: CreatedTicket, times: Times): SlotOutcome {
  return { slot, state: 'created', ...times, issueId: id, issueKey: key, reason: null }
}

export function notMadeOutcome(
  slot: number,
  state: 'failed' | 'unknown' | 'planned',
  times: Times,
  reason: string | null,
): SlotOutcome {
  return { slot, state, ...times, issueId: null, issueKey: null, reason }
}

function afterError(error: AppError, slot: number, times: Times): Sent {
  const doubt = { slot, latenessMs: times.latenessMs, because: error.message }
  switch (error.code) {
    case 'ambiguous':
      return { doubt }
    case 'jira-broken':
      // Whoever answered in Jira's place may have let the request through first.
      return { doubt, trouble: error }
    case 'jira-refused':
      return { outcome: notMadeOutcome(slot, 'failed', times, error.message) }
    default:
      // Surely not made: the slot waits until the run goes on.
      return {
        outcome: notMadeOutcome(slot, 'planned', { ...times, latenessMs: null }, null),
        trouble: error,
      }
  }
}
