import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { dayOf, type Day } from './days.ts'

/** The cell of the minute counts that a ticket belongs to, and by how much one commit changes it. */
export interface CountDelta {
  readonly priorityId: string
  readonly minute: Minute
  readonly projectKey: string
  readonly delta: number
}

/** The same of the day counts. */
export type DayDelta = Omit<CountDelta, 'minute'> & { readonly day: Day }

/** Sums what one commit adds to and takes from the minute counts, so that each cell is written once. */
export interface CountDeltas {
  add(ticket: Pick<Ticket, 'priorityId' | 'createdMs' | 'projectKey'>, by: 1 | -1): void
  /** The cells whose count really changes. */
  changed(): CountDelta[]
}

export function createCountDeltas(): CountDeltas {
  const cells = new Map<string, CountDelta>()
  return {
    add({ priorityId, createdMs, projectKey }, by) {
      const minute = minuteOf(createdMs)
      const name = JSON.stringify([priorityId, minute, projectKey])
      const delta = (cells.get(name)?.delta ?? 0) + by
      cells.set(name, { priorityId, minute, projectKey, delta })
    },
    changed: () => [...cells.values()].filter((cell) => cell.delta !== 0),
  }
}

/** What changes of the minute counts mean for the day counts: the cells whose count really changes. */
export function dayDeltas(deltas: readonly CountDelta[]): DayDelta[] {
  const cells = new Map<string, DayDelta>()
  for (const { priorityId, minute, projectKey, delta } of deltas) {
    const day = dayOf(minute)
    const name = JSON.stringify([priorityId, day, projectKey])
    cells.set(name, { priorityId, day, projectKey, delta: (cells.get(name)?.delta ?? 0) + delta })
  }
  return [...cells.values()].filter((cell) => cell.delta !== 0)
}
