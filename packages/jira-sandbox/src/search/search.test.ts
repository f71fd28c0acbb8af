import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JiraRefusal } from '../http/jira-error.ts'
import { compileJql } from '../jql/compile.ts'
import { editIssue } from '../issues/write-issue.ts'
import type { SandboxSite } from '../site.ts'
import { addIssue, keysFor, manualClock, openTestSite, type ManualClock } from '../../test-support/site.ts'
import { pageSql } from './page-sql.ts'
import { approximateCount, jqlContext, searchPage } from './search.ts'
import type { SearchRequest } from './search-request.ts'

const START = Date.UTC(2026, 5, 1, 12)
const DAY = 86_400_000

interface Page {
  issues: { key: string; fields?: object }[]
  isLast: boolean
  nextPageToken?: string
}

describe('a search', () => {
  let clock: ManualClock
  let site: SandboxSite

  beforeEach(() => {
    clock = manualClock(START)
    site = openTestSite(clock)
  })
  afterEach(() => site.db.close())

  const page = (request: SearchRequest): Page => searchPage(site, request) as Page
  const fieldsOf = (fields?: string[]): string[] | undefined => {
    const [issue] = page({ jql: 'project = TPM', ...(fields !== undefined && { fields }) }).issues
    return issue?.fields === undefined ? undefined : Object.keys(issue.fields).toSorted()
  }
  const touch = (key: string): void => {
    const issue = site.issues.find(key)
    if (issue !== undefined) editIssue(site, issue, { fields: { summary: 'Touched' } })
  }
  const makeAt = (second: number): void => {
    clock.set(START + second * 1_000)
    addIssue(site)
  }
  const refusal = (request: SearchRequest): unknown => {
    try {
      return page(request)
    } catch (error) {
      if (error instanceof JiraRefusal) return { status: error.status, body: error.body }
      throw error
    }
  }
  /** The keys of twenty tickets in the order in which search comes to see them. */
  const orderSeen = (seed: number): string[] => {
    const other = openTestSite(clock, { seed, indexLag: { kind: 'random', minMs: 0, maxMs: 10_000 } })
    const madeAtMs = clock.now()
    for (let n = 0; n < 20; n++) addIssue(other)
    const seen = new Set<string>()
    for (let ms = 0; ms <= 10_000; ms += 100) {
      clock.set(madeAtMs + ms)
      for (const key of keysFor(other, 'project = TPM ORDER BY key')) seen.add(key)
    }
    other.db.close()
    return [...seen]
  }

  const WRONG_TOKEN = {
    status: 400,
    body: { errorMessages: ['The provided next page token is invalid or has expired.'], errors: {} },
  }

  test('gives every ticket once, in pages of any size and any order', () => {
    const order = fc.uniqueArray(fc.constantFrom('created', 'updated', 'key', 'priority', 'id'), {
      maxLength: 5,
    })
    const direction = fc.constantFrom('ASC', 'DESC')
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ second: fc.integer({ min: 0, max: 3 }), priority: fc.integer({ min: 1, max: 5 }) }),
          { maxLength: 12 },
        ),
        order,
        fc.array(direction, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (tickets, fields, directions, size) => {
          clock.set(START)
          const fresh = openTestSite(clock)
          for (const { second, priority } of tickets) {
            clock.set(Math.max(clock.now(), START + second * 1_000))
            addIssue(fresh, { priority: { id: String(priority) } })
          }
          const orderBy = fields.map((field, n) => `${field} ${directions[n]}`).join(', ')
          const jql = `project = TPM${orderBy === '' ? '' : ` ORDER BY ${orderBy}`}`
          const whole = keysFor(fresh, jql)
          const paged: string[] = []
          let token: string | undefined
          do {
            const next = searchPage(fresh, {
              jql,
              maxResults: size,
              ...(token !== undefined && { nextPageToken: token }),
            }) as Page
            paged.push(...next.issues.map(({ key }) => key))
            token = next.nextPageToken
            expect(next.isLast).toBe(token === undefined)
          } while (token !== undefined)
          fresh.db.close()
          expect(paged).toEqual(whole)
          expect(new Set(paged).size).toBe(tickets.length)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a full last page says that it is the last', () => {
    for (const second of [0, 1]) makeAt(second)
    expect(page({ jql: 'project = TPM', maxResults: 2 })).toMatchObject({ isLast: true })
    expect(page({ jql: 'project = TPM', maxResults: 2 })).not.toHaveProperty('nextPageToken')
  })

  test('pages are live: a ticket that is touched between two of them comes again at the end', () => {
    for (const second of [0, 1, 2, 3]) makeAt(second)
    const jql = 'project = TPM ORDER BY updated ASC, key ASC'
    const first = page({ jql, maxResults: 2 })
    clock.set(START + 10_000)
    touch('TPM-1')
    touch('TPM-4')
    const second = page({ jql, maxResults: 5, nextPageToken: first.nextPageToken ?? '' })
    expect(first.issues.map(({ key }) => key)).toEqual(['TPM-1', 'TPM-2'])
    expect(second.issues.map(({ key }) => key)).toEqual(['TPM-3', 'TPM-1', 'TPM-4'])
  })

  test('relative dates mean the same on all pages of a search', () => {
    for (const second of [0, 1, 2]) makeAt(second)
    clock.set(START + 60_000)
    const jql = 'created >= -1m ORDER BY created'
    const first = page({ jql, maxResults: 1 })
    clock.set(START + 3_600_000)
    expect(page({ jql, nextPageToken: first.nextPageToken ?? '' }).issues).toHaveLength(2)
    expect(page({ jql }).issues).toHaveLength(0)
  })

  test('a token is good for seven days, for its own query, and not when it is made up', () => {
    for (const second of [0, 1, 2]) makeAt(second)
    const jql = 'project = TPM'
    const nextPageToken = page({ jql, maxResults: 1 }).nextPageToken ?? ''
    clock.set(START + 7 * DAY)
    expect(page({ jql, nextPageToken }).issues).toHaveLength(2)
    expect(refusal({ jql: 'project = TPM AND priority = 3', nextPageToken })).toEqual(WRONG_TOKEN)
    expect(refusal({ jql, nextPageToken, reconcileIssues: [10_000] })).toEqual(WRONG_TOKEN)
    expect(refusal({ jql, nextPageToken: `x${nextPageToken}` })).toEqual(WRONG_TOKEN)
    expect(refusal({ jql, nextPageToken: 'eyJ9.x' })).toEqual(WRONG_TOKEN)
    clock.set(START + 8 * DAY)
    expect(refusal({ jql, nextPageToken })).toEqual(WRONG_TOKEN)
  })

  test('gives the fields that are asked for, and by default none', () => {
    addIssue(site, { labels: ['a'] })
    expect(fieldsOf()).toBeUndefined()
    expect(fieldsOf(['id', 'key'])).toBeUndefined()
    expect(fieldsOf(['summary', 'labels', 'customfield_1'])).toEqual(['labels', 'summary'])
    expect(fieldsOf(['*all'])).toContain('description')
    expect(fieldsOf(['*all', '-description'])).not.toContain('description')
    expect(fieldsOf(['-description'])).toContain('summary')
  })

  test('gives thousands of tickets a page only where no field is asked for', () => {
    for (let n = 0; n < 150; n++) addIssue(site, {}, START + n)
    const jql = 'project = TPM'
    expect(page({ jql, maxResults: 5_000 }).issues).toHaveLength(150)
    expect(page({ jql, maxResults: 5_000, fields: ['summary'] }).issues).toHaveLength(100)
    expect(page({ jql }).issues).toHaveLength(50)
    expect(refusal({ jql, maxResults: 0 })).toMatchObject({ status: 400 })
  })

  test('stamps are printed in the site’s zone, dates are read in the user’s', () => {
    site.patch({ siteZone: 'Asia/Kolkata', userZone: 'America/New_York' })
    clock.set(Date.UTC(2026, 6, 1, 3, 59, 59, 7))
    addIssue(site)
    const [issue] = page({ jql: 'created < 2026-07-01', fields: ['created'] }).issues
    expect(issue?.fields).toEqual({ created: '2026-07-01T09:29:59.007+0530' })
    expect(page({ jql: 'created >= 2026-07-01' }).issues).toHaveLength(0)
  })

  test.each([
    [
      'project = TPM AND priority in (1,2) AND updated >= 5 ORDER BY updated ASC, key ASC',
      'updated (updated_ms>?',
    ],
    ['project = TPM AND created >= -1h ORDER BY created DESC', 'created (created_ms>?'],
    ['project = TPM', 'created'],
    ['project = TPM ORDER BY key', 'key'],
  ])('no page of %s reads the whole table or sorts it', (jql, index) => {
    const query = compileJql(jql, jqlContext(site, START))
    for (const after of [[], query.order.map(() => 1)]) {
      const { text, values } = pageSql(query, after, 100)
      const plan = site.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values) as { detail: string }[]
      const details = plan.map(({ detail }) => detail).join('; ')
      expect(details).toContain(`USING INDEX indexed_issues_${index}`)
      expect(details).not.toMatch(/SCAN indexed_issues(?! USING INDEX)|B-TREE FOR ORDER BY/)
    }
  })

  describe('of an index that lags', () => {
    const FIVE_SECONDS = { kind: 'fixed', ms: 5_000 } as const

    test('sees a ticket after the lag, not before; the ticket itself can be read at once', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      addIssue(site)
      expect(site.issues.find('TPM-1')?.number).toBe(1)
      clock.set(START + 4_999)
      expect(keysFor(site, 'project = TPM')).toEqual([])
      expect(approximateCount(site, 'project = TPM')).toBe(0)
      clock.set(START + 5_000)
      expect(keysFor(site, 'project = TPM')).toEqual(['TPM-1'])
      expect(approximateCount(site, 'project = TPM')).toBe(1)
    })

    test('finds an edited ticket as it was until the edit is indexed', () => {
      addIssue(site, { priority: { id: '1' }, labels: ['old'] })
      site.patch({ indexLag: FIVE_SECONDS })
      clock.set(START + 1_000)
      const issue = site.issues.find('TPM-1')
      if (issue === undefined) throw new Error('TPM-1 is missing')
      editIssue(site, issue, { fields: { priority: { id: '4' }, labels: ['new'] } })
      expect(keysFor(site, 'priority = 1 AND labels = old')).toEqual(['TPM-1'])
      expect(site.issues.find('TPM-1')).toMatchObject({ priorityId: 4, labels: ['new'] })
      clock.set(START + 6_000)
      expect(keysFor(site, 'labels = old')).toEqual([])
      expect(keysFor(site, 'priority = 4 AND labels = new')).toEqual(['TPM-1'])
    })

    test('sees the tickets that are to be reconciled at once, and only in that request', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      for (let n = 0; n < 3; n++) addIssue(site)
      const jql = 'project = TPM ORDER BY key'
      expect(keysFor(site, jql, { reconcileIssues: [10_000, 10_002] })).toEqual(['TPM-1', 'TPM-3'])
      expect(keysFor(site, 'key = TPM-1 AND priority = 1', { reconcileIssues: [10_000] })).toEqual([])
      expect(keysFor(site, jql)).toEqual([])
    })

    test('random lags come out of order, and in the same disorder each time', () => {
      const first = orderSeen(1)
      expect(first).toHaveLength(20)
      expect(first).not.toEqual(first.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })))
      expect(orderSeen(1)).toEqual(first)
      expect(orderSeen(2)).not.toEqual(first)
    })

    test('a deleted ticket is gone from it, indexed or not', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      addIssue(site)
      site.issues.remove(10_000)
      clock.set(START + 10_000)
      expect(keysFor(site, 'project = TPM')).toEqual([])
    })

    test('a deleted ticket that was indexed is seen until the index has caught up, also where nobody searched before', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      addIssue(site)
      clock.set(START + 6_000)
      site.issues.remove(10_000)
      expect(keysFor(site, 'project = TPM')).toEqual(['TPM-1'])
      clock.set(START + 11_000)
      expect(keysFor(site, 'project = TPM')).toEqual([])
    })

    test('a shorter lag lets a newer version overtake an older one for good', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      addIssue(site, { summary: 'First' })
      site.patch({ indexLag: { kind: 'fixed', ms: 1_000 } })
      clock.set(START + 100)
      touch('TPM-1')
      for (const atMs of [1_100, 20_000]) {
        clock.set(START + atMs)
        const [issue] = page({ jql: 'project = TPM', fields: ['summary'] }).issues
        expect(issue?.fields).toEqual({ summary: 'Touched' })
      }
    })

    test('without a lag any more, everything is seen at once', () => {
      site.patch({ indexLag: FIVE_SECONDS })
      addIssue(site)
      site.patch({ indexLag: { kind: 'none' } })
      expect(keysFor(site, 'project = TPM')).toEqual(['TPM-1'])
    })
  })
})
