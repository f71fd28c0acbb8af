import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { describe, expect, test } from 'vitest'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { aheadText, knownFetchText, storeWaitText, syncText } from './status-line.tsx'
import { namedZones } from './zone-choice.tsx'

const now = Date.parse('2026-11-24T14:23Z')
const here = { zone: 'UTC', clock: steadyClock(now) }
const idle: SyncStatus = {
  state: 'idle',
  lastSuccessMs: now - 4_000,
  lastInserted: 3,
  nextMs: now + 1_000,
  indexLagMs: 11_000,
  storedTickets: 1_204,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  progress: null,
  failure: null,
  by: null,
}

test('when all is well it says what was fetched, how late Jira’s index is, and when it fetches again', () => {
  expect(syncText(idle, now, here)).toEqual({
    tone: 'good',
    text: 'Last fetch 4 s ago, 3 new, index lag 11 s · next in 1 s',
    toSettings: false,
  })
})

test('an index lag that was measured by a clock ahead of anybody’s watch is said to be in site time', () => {
  const clock = { machineMs: now - 60_000, siteMs: now - 60_000, rate: 60, untilSiteMs: now + 3_480_000 }
  const { text } = syncText({ ...idle, indexLagMs: 180_000 }, now, { zone: 'UTC', clock })
  expect(text).toBe('Last fetch 4 s ago, 3 new, index lag 3 min in site time · next in 1 s')
})

test('while whoever fetches is out of reach, only what stays true is said: when the last known fetch was', () => {
  expect(knownFetchText(idle, now, 'UTC')).toBe('Last known fetch: 14:22')
  expect(knownFetchText({ ...idle, lastSuccessMs: now - 86_400_000 }, now, 'UTC')).toBe(
    'Last known fetch: Mon 23 Nov, 14:23',
  )
  expect(knownFetchText({ ...idle, lastSuccessMs: null }, now, 'UTC')).toBe('No fetch is known')
})

test('what is not known is left out', () => {
  const fresh = { ...idle, state: 'fetching', lastSuccessMs: null, indexLagMs: null, nextMs: null } as const
  expect(syncText({ ...fresh, storedTickets: 0 }, now, here).text).toBe('Not fetched yet · fetching now')
  expect(syncText(fresh, now, here).text).toBe('Not fetched since the start · fetching now')
})

test('where another machine took over because this one did not reach Jira, that is said', () => {
  const cutOff = {
    sinceMs: now - 60_000,
    code: 'jira-unreachable',
    message: 'It could not be reached.',
    what: 'It could not be reached.',
    consequence: '',
    hint: '',
  }
  const { tone, text } = syncText({ ...idle, by: 'bob', cutOff }, now, here)
  expect(tone).toBe('good')
  expect(text).toMatch(
    /Last fetch .* by bob, .* · this machine did not reach Jira at [\d:]+.*, so bob took over$/,
  )
})

test('when Jira is silent it says for how long, and what is shown instead', () => {
  const failure = {
    sinceMs: now - 120_000,
    code: 'jira-unreachable',
    message: 'No answer.',
    what: 'No answer.',
    consequence: '',
    hint: '',
  }
  expect(syncText({ ...idle, state: 'failing', lastSuccessMs: now - 122_000, failure }, now, here)).toEqual({
    tone: 'failing',
    text: 'Jira has not answered for 2 min. Showing what was stored at 14:20.',
    toSettings: false,
  })
})

test('of tables that were dropped it does not say that something of them is shown', () => {
  const failure = {
    sinceMs: now,
    code: 'tables-missing',
    message: 'The tables were dropped.',
    what: 'The tables were dropped.',
    consequence: '',
    hint: 'Make them anew.',
  }
  expect(syncText({ ...idle, state: 'stopped', nextMs: null, failure }, now, here).text).toBe(
    'The tables were dropped. Make them anew.',
  )
})

test('what was stored on another day is not taken for today’s', () => {
  const sinceMs = now - 86_400_000
  const failure = {
    sinceMs,
    code: 'jira-unreachable',
    message: 'No answer.',
    what: 'No answer.',
    consequence: '',
    hint: '',
  }
  expect(syncText({ ...idle, state: 'failing', lastSuccessMs: sinceMs, failure }, now, here).text).toBe(
    'Jira has not answered for 24 h. Showing what was stored at Mon 23 Nov, 14:23.',
  )
})

test('other failures speak for themselves, and those of the connection lead to the settings', () => {
  const failure = {
    sinceMs: now,
    code: 'not-authenticated',
    message: 'Jira refused the token.',
    what: 'Jira refused the token.',
    consequence: '',
    hint: 'Give a new one.',
  }
  const stopped = { ...idle, state: 'stopped', lastSuccessMs: null, failure } as const
  expect(syncText({ ...stopped, storedTickets: 0 }, now, here)).toEqual({
    tone: 'stopped',
    text: 'Jira refused the token. Give a new one. Nothing has been fetched yet.',
    toSettings: true,
  })
  expect(syncText(stopped, now, here).text).toMatch(/Showing what was stored before\.$/)
})

describe('the first fetch of many tickets', () => {
  const first = { ...idle, state: 'fetching', lastSuccessMs: null, nextMs: null } as const

  test('tells how far it is', () => {
    const progress = { done: 42_000, total: 1_000_000 }
    expect(syncText({ ...first, progress }, now, here).text).toBe(
      'First fetch: 42,000 of about 1,000,000 tickets',
    )
  })

  test('has never more than there are, whatever Jira guessed', () => {
    expect(syncText({ ...first, progress: { done: 12, total: 10 } }, now, here).text).toContain(
      '12 of about 12 tickets',
    )
  })

  test('keeps what it has when it fails', () => {
    const failure = {
      sinceMs: now,
      code: 'jira-broken',
      message: 'Jira’s answer was cut.',
      what: 'Jira’s answer was cut.',
      consequence: '',
      hint: '',
    }
    const progress = { done: 42_000, total: 1_000_000 }
    expect(syncText({ ...first, state: 'failing', failure, progress }, now, here).text).toBe(
      'Jira’s answer was cut. First fetch: 42,000 of about 1,000,000 tickets are stored.',
    )
  })
})

describe('where another machine fetches', () => {
  const by = 'build-mac-3'

  test('it is named', () => {
    expect(syncText({ ...idle, by }, now, here).text).toBe(
      'Last fetch 4 s ago by build-mac-3, 3 new, index lag 11 s · next in 1 s',
    )
    const first = { ...idle, by, state: 'fetching', lastSuccessMs: null, nextMs: null } as const
    expect(syncText(first, now, here).text).toBe('Not fetched since the start · fetching now by build-mac-3')
    expect(syncText({ ...first, progress: { done: 5, total: 10 } }, now, here).text).toBe(
      'First fetch by build-mac-3: 5 of about 10 tickets',
    )
  })

  test('it is the one that Jira does not answer', () => {
    const failure = {
      sinceMs: now - 120_000,
      code: 'jira-unreachable',
      message: 'No answer.',
      what: 'No answer.',
      consequence: '',
      hint: '',
    }
    expect(syncText({ ...idle, by, state: 'failing', failure }, now, here).text).toMatch(
      /^Jira has not answered build-mac-3 for 2 min\./,
    )
  })

  test('nobody is sent to the settings of this one for its token', () => {
    const failure = {
      sinceMs: now,
      code: 'not-authenticated',
      message: 'Jira refused the token.',
      what: 'Jira refused the token.',
      consequence: '',
      hint: '',
    }
    const words = syncText({ ...idle, by, state: 'stopped', failure }, now, here)
    expect(words.text).toMatch(/^build-mac-3 cannot fetch: Jira refused the token\./)
    expect(words.toSettings).toBe(false)
  })
})

describe('while the store is out of reach', () => {
  const failure = {
    sinceMs: now,
    code: 'store-unavailable',
    message: 'No answer.',
    what: 'No answer.',
    consequence: '',
    hint: '',
  }
  const up: StoreStatus = { kind: 'postgres', label: '', failure: null, canFallBack: false, insteadOf: null }
  const down = { ...up, failure }

  test('fetching fails for that, and does not say it again', () => {
    const waits = 'Fetching waits for the store.'
    expect(storeWaitText(idle, down, null)).toBe(waits)
    expect(storeWaitText(null, down, null)).toBe(waits)
    expect(storeWaitText({ ...idle, state: 'failing', failure }, down, null)).toBe(waits)
  })

  test('what failed until the store was back is no news any longer', () => {
    const failed = { ...idle, state: 'failing', failure } as const
    expect(storeWaitText(failed, up, now + 1)).toBe('Fetching goes on in a moment.')
    expect(storeWaitText(failed, up, now - 1)).toBeNull()
    expect(storeWaitText(failed, up, null)).toBeNull()
  })

  test('what else is wrong is shown', () => {
    const ofJira = { ...failure, code: 'jira-unreachable' }
    expect(storeWaitText({ ...idle, state: 'failing', failure: ofJira }, down, null)).toBeNull()
    expect(storeWaitText(idle, up, now)).toBeNull()
    expect(storeWaitText(idle, null, null)).toBeNull()
  })
})

test('where the site’s clock runs ahead, it says by how much', () => {
  expect(aheadText(steadyClock(0), 1_000)).toBe('')
  expect(aheadText(steadyClock(0, 60_000), 1_000)).toBe('')
  expect(aheadText(steadyClock(0, 52 * 60_000), 1_000)).toBe(' (its clock is 52 min ahead)')
})

test('of zones those are named that somebody is likely to want, each once', () => {
  const zones = { ownZone: 'Europe/Berlin', jiraZone: 'America/Santiago', chosen: '', here: 'Asia/Tokyo' }
  expect(namedZones(zones)).toEqual([
    ['Asia/Tokyo', 'this browser’s'],
    ['America/Santiago', 'Jira’s'],
    ['UTC', ''],
  ])
  expect(namedZones({ ...zones, here: 'Europe/Berlin', jiraZone: 'UTC', chosen: 'Asia/Kathmandu' })).toEqual([
    ['UTC', 'Jira’s'],
    ['Asia/Kathmandu', ''],
  ])
})
