import { AppError } from '../../src-shared/errors/app-error.ts'
import { SLOT_PROPERTY } from '../generator/marks.ts'
import { JiraError } from '../jira/errors.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CleanUpParts } from './clean-up.ts'
import { createProjectRights, whyNotOwn, type Kept, type OwnTicket } from './survey.ts'
import { permissionLost } from './preview.ts'
import { coalesce } from '../runtime/async.ts'

/** The most tickets that are deleted and not yet written down, should the process be killed. */
const MAX_UNWRITTEN = 16

/** How many are read at once, right before they are deleted. */
const READ_BATCH_SIZE = 100

/** What was read longer ago than this (real ms) is read again before it is deleted. */
const FRESH_MS = 10_000

/** Deletions under way at once. */
const CONCURRENCY = 4

interface DeleteParts {
  readonly runId: string
  readonly jira: Pick<Jira, 'byIds' | 'permissions' | 'deleteTicket'>
  readonly clock: Clock
  readonly removals: ReturnType<typeof createRemovals>
  /** Ends it at the next ticket. */
  readonly stopping: AbortSignal
  /** Gives up the requests under way. */
  readonly signal: AbortSignal
  /** Called with the outcome of each ticket; `gone`: somebody else was faster. */
  readonly listener: {
    readonly deleted: () => void
    readonly kept: (ticket: Kept) => void
    readonly gone: () => void
  }
}

/**
 * Deletes tickets, a few at a time, each read no longer than ten seconds before. True when all are gone or kept with a
 * reason, false where `stopping` was aborted before. Throws at the first trouble that will meet the next ones, too; what
 * was deleted until then is noted.
 */
export async function deleteTickets(parts: DeleteParts, tickets: readonly OwnTicket[]): Promise<boolean> {
  const left = [...tickets]
  while (left.length > 0 && !parts.stopping.aborted) {
    const some = left.splice(0, READ_BATCH_SIZE)
    left.unshift(...(await deleteSome(parts, some)))
    await parts.removals.flush()
  }
  return left.length === 0
}

/** Returns those that were not come to while what was read of them was fresh. */
async function deleteSome(parts: DeleteParts, some: readonly OwnTicket[]): Promise<OwnTicket[]> {
  const { jira, runId, clock, stopping, signal, listener } = parts
  const readMs = clock.now()
  const now = new Map(
    (
      await jira.byIds(
        some.map(({ id }) => id),
        signal,
        SLOT_PROPERTY,
      )
    ).map((one) => [one.id, one]),
  )
  const unseen: Unseen[] = []
  const own: OwnTicket[] = []
  for (const ticket of some) {
    const found = now.get(ticket.id)
    const reason = found === undefined ? null : whyNotOwn(found, runId, ticket.slot)
    if (found === undefined) unseen.push({ ticket, asked: 'read' })
    else if (reason !== null) listener.kept({ key: found.key, reason })
    else own.push({ ...found, slot: ticket.slot })
  }
  const goesOn = (): boolean => {
    const ageMs = clock.now() - readMs
    return ageMs >= 0 && ageMs < FRESH_MS && !stopping.aborted
  }
  const failure = await concurrently(own, goesOn, async (ticket) => {
    await parts.removals.room()
    // That may have taken its time, where the store is slow.
    if (!goesOn()) own.unshift(ticket)
    else if (!(await deleteOne(parts, ticket))) unseen.push({ ticket, asked: 'deletion' })
  })
  await resolveUnseen(parts, unseen)
  if (failure !== null) throw failure.error
  return own
}

/** A ticket that Jira did not show, when it was read or when it was to be deleted. */
interface Unseen {
  readonly ticket: OwnTicket
  readonly asked: 'read' | 'deletion'
}

/** False where Jira does not show the ticket any more. */
async function deleteOne(parts: DeleteParts, ticket: OwnTicket): Promise<boolean> {
  const { jira, removals, signal, listener } = parts
  try {
    if (!(await jira.deleteTicket(ticket.id, signal))) return false
    removals.note(ticket)
    listener.deleted()
  } catch (error) {
    if (!isOfOneTicket(error)) throw error
    await refuseWithoutRight(parts, ticket.projectKey, 'delete')
    // It may be refused for this ticket alone: it has sub-tasks, or a workflow that keeps it.
    listener.kept({ key: ticket.key, reason: error.message })
  }
  return true
}

/** Whether a refusal may be about the ticket that was asked for: not one of a token that lacks a scope, a 401. */
function isOfOneTicket(error: unknown): error is AppError {
  const status = error instanceof JiraError ? error.status : null
  return error instanceof AppError && error.code === 'jira-refused' && status !== 401
}

/**
 * A ticket that was there when it was read, and not when it was to be deleted, was deleted by a request of ours whose
 * answer was lost; one that was not there when it was read, by somebody else. Unless the account has lost its sight.
 */
async function resolveUnseen(parts: DeleteParts, unseen: readonly Unseen[]): Promise<void> {
  for (const projectKey of new Set(unseen.map(({ ticket }) => ticket.projectKey))) {
    await refuseWithoutRight(parts, projectKey, 'browse')
  }
  for (const { ticket, asked } of unseen) {
    if (asked === 'deletion') {
      parts.removals.note(ticket)
      parts.listener.deleted()
    } else parts.listener.gone()
  }
}

async function refuseWithoutRight(
  { jira, runId, signal }: DeleteParts,
  projectKey: string,
  permission: 'browse' | 'delete',
): Promise<void> {
  const having = await createProjectRights(jira)(permission, [projectKey], signal)
  if (!having.has(projectKey)) throw permissionLost({ runId, projectKey, permission })
}

/**
 * Takes items from the front, a few at a time, while `goesOn`, and leaves the others. The first error ends it, when what
 * is under way has come to its end; it is returned.
 */
async function concurrently<T>(
  items: T[],
  goesOn: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<{ readonly error: unknown } | null> {
  let failure: { readonly error: unknown } | null = null
  const lane = async (): Promise<void> => {
    while (failure === null && goesOn()) {
      const item = items.shift()
      if (item === undefined) return
      try {
        await work(item)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return failure
}

/**
 * Has what was deleted leave the chart, and writes it down: what comes while one commit is under way goes with the next.
 * `onTrouble`: it could not be written; `flush` throws that again.
 */
export function createRemovals(
  { siteId, store, siteTime, onDeleted }: CleanUpParts,
  runId: string,
  onTrouble: (error: unknown) => void,
) {
  let noted: OwnTicket[] = []
  let inHand = 0

  const write = coalesce(async (): Promise<void> => {
    while (noted.length > 0) {
      const some = noted
      noted = []
      inHand = some.length
      try {
        const atMs = siteTime.now()
        // In this order: what is marked is not looked at again, and would stay in the chart if the process died between.
        await onDeleted(
          some.map((ticket) => ({ id: ticket.id, ticket })),
          atMs,
        )
        await store.markRemoved(
          siteId,
          runId,
          some.map(({ slot }) => slot),
          atMs,
        )
      } catch (error) {
        noted = [...some, ...noted]
        throw error
      } finally {
        inHand = 0
      }
    }
  })
  return {
    /** Resolves when few enough are unwritten that one more may be deleted. Throws as `flush`. */
    async room(): Promise<void> {
      while (noted.length + inHand >= MAX_UNWRITTEN) await write()
    },
    /** A ticket was deleted. */
    note(ticket: OwnTicket): void {
      noted.push(ticket)
      write().catch(onTrouble)
    },
    /** Resolves when all that was noted is written. Throws what the store throws; what was not written is kept for the next. */
    async flush(): Promise<void> {
      await write.current()
      if (noted.length > 0) await write()
    },
  }
}
