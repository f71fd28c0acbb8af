import { afterEach, expect, test } from 'vitest'
import { writeHistory } from './history.ts'
import type { IssueRecord } from './issues/issue-record.ts'
import type { SandboxSite } from './site.ts'
import { keysFor, manualClock, openTestSite } from '../test-support/site.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const START = Date.UTC(2026, 5, 1, 12)

const sites: SandboxSite[] = []
afterEach(() => {
  for (const site of sites.splice(0)) site.db.close()
})

function past(seed: number, startMs = START, tickets = 200, hours = 2): SandboxSite {
  const site = openTestSite(manualClock(startMs))
  sites.push(site)
  writeHistory(site, { seed, historyTickets: tickets, historyHours: hours })
  return site
}

function told(site: SandboxSite, startMs: number): unknown[] {
  return site.issues.all(undefined).map(({ createdMs, updatedMs, ...issue }: IssueRecord) => ({
    ...issue,
    description: site.issues.description(issue.id),
    createdBeforeMs: startMs - createdMs,
    updatedBeforeMs: startMs - updatedMs,
  }))
}

test('the past has exactly the asked number of tickets, in order, within its hours', () => {
  const site = past(1)
  const stamps = site.issues.all(undefined).map(({ createdMs }) => createdMs)
  expect(stamps).toHaveLength(200)
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
  expect(stamps[0]).toBeGreaterThanOrEqual(START - 2 * HOUR)
  expect(stamps.at(-1)).toBeLessThan(START)
  expect(new Set(stamps.map((ms) => ms % 1_000)).size).toBeGreaterThan(50)
  const { content } = site.issues.description(10_000) as { content: object[] }
  expect(content.length).toBeGreaterThan(0)
  for (const paragraph of content)
    expect(paragraph).toMatchObject({ type: 'paragraph', content: [{ type: 'text' }] })
})

test('the same seed gives the same tickets, as long before the minute of the start', () => {
  const first = told(past(7), START)
  expect(told(past(7, START + 90 * MINUTE + 12_345), START + 90 * MINUTE)).toEqual(first)
  expect(told(past(8), START)).not.toEqual(first)
})

test('search sees it at once, whatever the lag, and every priority is in it', () => {
  const site = openTestSite(manualClock(START), { indexLag: { kind: 'fixed', ms: HOUR } })
  sites.push(site)
  writeHistory(site, { seed: 1, historyTickets: 300, historyHours: 1 })
  for (const id of [1, 2, 3, 4, 5]) expect(keysFor(site, `priority = ${id}`)).not.toEqual([])
})

test('its tickets differ in what they are, what they are about and who reported them', () => {
  const site = past(1)
  const issues = site.issues.all(undefined)
  const kinds = (of: (issue: IssueRecord) => unknown): number => new Set(issues.map(of)).size
  expect(kinds(({ typeId }) => typeId)).toBe(2)
  expect(kinds(({ labels }) => labels.join())).toBeGreaterThan(2)
  expect(kinds(({ reporterId }) => reporterId)).toBe(6)
  const components = issues.map(({ componentIds }) => componentIds.length)
  expect(new Set(components)).toEqual(new Set([0, 1, 2]))
})

test('it is written once', () => {
  const site = past(1)
  writeHistory(site, { seed: 1, historyTickets: 200, historyHours: 2 })
  expect(site.issues.all(undefined)).toHaveLength(200)
})
