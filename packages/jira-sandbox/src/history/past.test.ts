import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { openSandboxDatabase } from '../database/open-database.ts'
import type { IssueRecord } from '../issues/issue-record.ts'
import type { SandboxSite } from '../site.ts'
import { addIssue, keysFor, manualClock, openTestSite } from '../../test-support/site.ts'
import { startTestServer } from '../../test-support/server.ts'
import { startPast, type PastPlan } from './past.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const START = Date.UTC(2026, 5, 1, 12)
const FEW: PastPlan = { seed: 1, historyTickets: 200, historyHours: 2, historyWeeks: 0 }
const WEEKS: PastPlan = { ...FEW, historyWeeks: 4 }

const sites: SandboxSite[] = []
afterEach(() => {
  for (const site of sites.splice(0)) site.db.close()
})

function begin(plan: PastPlan, site: SandboxSite) {
  sites.push(site)
  return startPast(site, plan, (error) => {
    throw error
  })
}

async function past(seed: number, startMs = START, tickets = 200, hours = 2): Promise<SandboxSite> {
  const site = openTestSite(manualClock(startMs))
  await begin({ seed, historyTickets: tickets, historyHours: hours, historyWeeks: 0 }, site).from(0)
  return site
}

function told(site: SandboxSite, startMs: number): unknown[] {
  return site.issues.all().map(({ createdMs, updatedMs, ...issue }: IssueRecord) => ({
    ...issue,
    description: site.issues.description(issue.id),
    createdBeforeMs: startMs - createdMs,
    updatedBeforeMs: startMs - updatedMs,
  }))
}

test('the past has exactly the asked number of tickets, in order, within its hours', async () => {
  const site = await past(1)
  const stamps = site.issues.all().map(({ createdMs }) => createdMs)
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

test('the same seed gives the same tickets, as long before the minute of the start', async () => {
  const first = told(await past(7), START)
  expect(told(await past(7, START + 90 * MINUTE + 12_345), START + 90 * MINUTE)).toEqual(first)
  expect(told(await past(8), START)).not.toEqual(first)
})

test('search sees it at once, whatever the lag, and every priority is in it', async () => {
  const site = openTestSite(manualClock(START), { indexLag: { kind: 'fixed', ms: HOUR } })
  await begin({ ...FEW, historyTickets: 300, historyHours: 1 }, site).from(0)
  for (const id of [1, 2, 3, 4, 5]) expect(keysFor(site, `priority = ${id}`)).not.toEqual([])
})

test('its tickets differ in what they are, what they are about and who reported them', async () => {
  const issues = (await past(1)).issues.all()
  const kinds = (of: (issue: IssueRecord) => unknown): number => new Set(issues.map(of)).size
  expect(kinds(({ typeId }) => typeId)).toBe(4)
  expect(kinds(({ labels }) => labels.join())).toBeGreaterThan(5)
  expect(kinds(({ reporterId }) => reporterId)).toBe(6)
  const components = issues.map(({ componentIds }) => componentIds.length)
  expect(new Set(components)).toEqual(new Set([0, 1, 2]))
})

/** Which share of some tickets a project has. */
function shares(of: readonly IssueRecord[]): (key: string) => number {
  return (key) => of.filter(({ projectKey }) => projectKey === key).length / of.length
}

test('weeks are in several projects of different sizes, and a storm in one of them for the most part', async () => {
  const site = openTestSite(manualClock(START))
  await begin(WEEKS, site).from(0)
  const issues = site.issues.all()
  expect(site.projects.all().map(({ key }) => key)).toEqual([
    'APP',
    'DATA',
    'HELP',
    'OPS',
    'PAY',
    'TPM',
    'WEB',
  ])
  const usual = ['WEB', 'OPS', 'TPM', 'APP', 'PAY', 'HELP', 'DATA'].map(shares(issues))
  expect(usual).toEqual(usual.toSorted((a, b) => b - a))
  expect(usual.at(-1)).toBeGreaterThan(0.01)
  const inStorm = issues.filter(({ labels }) => labels.includes('outage'))
  expect(inStorm.length).toBeGreaterThan(100)
  expect(shares(inStorm)('WEB')).toBeGreaterThan(0.5)
  // Each project counts its own, in the order of creation, and goes on with the next number.
  for (const { key } of site.projects.all()) {
    const numbers = issues.filter(({ projectKey }) => projectKey === key).map(({ number }) => number)
    expect(numbers).toEqual(numbers.map((_number, n) => n + 1))
    expect(addIssue(site, { project: { key } })).toBe(`${key}-${numbers.length + 1}`)
  }
})

test('its older tickets are mostly done, its newest hardly looked at', async () => {
  const site = openTestSite(manualClock(START))
  await begin(WEEKS, site).from(0)
  const done = (fromMs: number, toMs: number): number => {
    const some = site.issues.all().filter(({ createdMs }) => createdMs >= fromMs && createdMs < toMs)
    return some.filter(({ resolutionId }) => resolutionId !== null).length / some.length
  }
  expect(done(0, START - 72 * HOUR)).toBeGreaterThan(0.9)
  expect(done(START - HOUR, START)).toBeLessThan(0.15)
})

test('it is written once', async () => {
  const site = await past(1)
  await startPast(site, WEEKS, () => {}).from(0)
  expect(site.issues.all()).toHaveLength(200)
})

test('the newest hour is there at once, the rest comes behind it', async () => {
  const site = openTestSite(manualClock(START))
  const weeks = begin(WEEKS, site)
  await weeks.from(START - HOUR)
  expect(weeks.isWhole()).toBe(false)
  const newest = site.issues.all()
  expect(newest.length).toBeGreaterThan(150)
  await weeks.from(0)
  expect(weeks.isWhole()).toBe(true)
  const all = site.issues.all()
  expect(all.length).toBeGreaterThan(12_000)
  expect(all.filter(({ createdMs }) => createdMs >= START - HOUR)).toEqual(
    newest.filter(({ createdMs }) => createdMs >= START - HOUR),
  )
  expect(all.map(({ createdMs }) => createdMs)).toEqual(
    all.map(({ createdMs }) => createdMs).toSorted((a, b) => a - b),
  )
})

test('a site that was ended in the middle goes on with it at the next start, to the same past', async () => {
  const whole = openTestSite(manualClock(START))
  await begin(WEEKS, whole).from(0)
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-past-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'sandbox.sqlite')
  const first = openTestSite(manualClock(START), {}, openSandboxDatabase(file))
  startPast(first, WEEKS, () => {}).stop()
  expect(first.issues.all().length).toBeLessThan(1_000)
  first.db.close()

  const second = openTestSite(manualClock(START + 5 * HOUR), {}, openSandboxDatabase(file))
  await begin({ ...WEEKS, seed: 99 }, second).from(0)
  expect(told(second, START)).toEqual(told(whole, START))
})

test('a search that looks further than what is there waits for it', async () => {
  const server = await startTestServer({ historyWeeks: 4 })
  onTestFinished(() => server.stop())
  const count = async (jql: string) => {
    const { body } = await server.request('POST', '/rest/api/3/search/approximate-count', { jql })
    return (body as { count: number }).count
  }
  const [all, newest] = await Promise.all([
    count('project is not EMPTY'),
    count(`project is not EMPTY AND created >= ${server.clock.now() - HOUR}`),
  ])
  const truth = await server.truth()
  expect(all).toBe(truth.length)
  expect(newest).toBe(truth.filter(({ createdMs }) => createdMs >= server.clock.now() - HOUR).length)
})
