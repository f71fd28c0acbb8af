import { ALL_TIME } from '../../src-shared/domain/known-spans.ts'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { TestHandles, TrueIssue } from '#jira-sandbox/testing'
import type { Store } from '../../src-main/store/store.ts'
import { isWatched, type WatchScope } from '../../src-main/sync/scope.ts'

/** What is true of a ticket, as far as the store keeps it: for comparing the two. */
export type Essence = Pick<
  Ticket,
  'id' | 'key' | 'projectKey' | 'title' | 'priorityId' | 'createdMs' | 'updatedMs'
>

/** What a store should have of a sandbox: the tickets of a scope, and how many there are in each minute. */
export interface Truth {
  readonly tickets: readonly Essence[]
  /** `minute priority count`, in order. */
  readonly counts: readonly string[]
}

/** The tickets that a sandbox really has, whatever its search shows of them. Those that the account does not see count, too. */
export async function truthOf(sandbox: Pick<TestHandles, 'truth'>, scope: WatchScope): Promise<Truth> {
  const all = (await sandbox.truth()).map((issue) => essenceOf(issue, scope.fieldId))
  const tickets = essences(all.filter((ticket) => isWatched(scope, ticket as Ticket)))
  return { tickets, counts: countsOf(tickets) }
}

function essenceOf(issue: TrueIssue, fieldId: string): Essence {
  const value = fieldId === 'priority' ? issue.priorityId : issue.severityId
  return { ...issue, priorityId: String(value ?? '') }
}

/** What a store has of it: the tickets by their rows, the counts by its own. */
export async function storedOf(store: Store, siteId: string, scope: WatchScope): Promise<Truth> {
  const span = { ...ALL_TIME, limit: 10_000_000 }
  const tickets = essences(await store.tickets({ siteId, ...scope, ...span }))
  const minutes = tickets.map(({ createdMs }) => minuteOf(createdMs))
  const { rows } = await store.counts({
    siteId,
    ...scope,
    fromMinute: minutes.reduce((least, minute) => Math.min(least, minute), 0),
    toMinute: minutes.reduce((most, minute) => Math.max(most, minute), 0) + 1,
    bucketMinutes: 1,
  })
  const lines = rows.map((row) => countLine(row.startMinute, row.priorityId, row.count))
  return { tickets, counts: lines.toSorted() }
}

/** Fails, naming the first tickets that differ, where a store does not have what is true. */
export function expectTruth(stored: Truth, truth: Truth): void {
  const [have, want] = [byId(stored.tickets), byId(truth.tickets)]
  expect([...want.keys()].filter((id) => !have.has(id)).slice(0, 5), 'missing').toEqual([])
  expect([...have.keys()].filter((id) => !want.has(id)).slice(0, 5), 'too many').toEqual([])
  expect(stored.tickets).toEqual(truth.tickets)
  expect(stored.counts).toEqual(truth.counts)
}

/** Fails where a store lacks a true ticket, or has another version of it. It may have more. */
export function expectNothingLost(stored: Truth, truth: Truth): void {
  const have = byId(stored.tickets)
  const lost = truth.tickets.filter((ticket) => !isDeepStrictEqual(have.get(ticket.id), ticket))
  expect(lost.slice(0, 5), 'lost').toEqual([])
}

function byId(tickets: readonly Essence[]): ReadonlyMap<string, Essence> {
  return new Map(tickets.map((ticket) => [ticket.id, ticket]))
}

function countsOf(tickets: readonly Essence[]): string[] {
  const cells = new Map<string, { minute: Minute; priorityId: string; count: number }>()
  for (const { createdMs, priorityId } of tickets) {
    const minute = minuteOf(createdMs)
    const cell = `${minute} ${priorityId}`
    cells.set(cell, { minute, priorityId, count: (cells.get(cell)?.count ?? 0) + 1 })
  }
  return [...cells.values()]
    .map(({ minute, priorityId, count }) => countLine(minute, priorityId, count))
    .toSorted()
}

function countLine(minute: Minute, priorityId: string, count: number): string {
  return `${minute} ${priorityId} ${count}`
}

/** The tickets' essences by id, the smallest first. */
export function essences(tickets: readonly Essence[]): Essence[] {
  return tickets
    .map(({ id, key, projectKey, title, priorityId, createdMs, updatedMs }) => ({
      id,
      key,
      projectKey,
      title,
      priorityId,
      createdMs,
      updatedMs,
    }))
    .toSorted((a, b) => Number(a.id) - Number(b.id))
}
