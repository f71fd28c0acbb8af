import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SPAN } from '../../src-shared/domain/span.ts'
import {
  first,
  start,
  startDashboard,
  type TestedDashboard,
} from '../../test-support/renderer/live/dashboard.ts'
import { createStateStore } from '../state-store.ts'
import { addressOf, createAddress, keepPlace, readAddress, returnToPlace, type Page } from './address.ts'
import type { ViewState } from './workbench.ts'

const clock = { nowMs: start, zone: 'UTC' }
const bar = { fromMs: first.fromMs, toMs: first.fromMs + 60_000 }

describe('an address', () => {
  test.each([
    ['', DEFAULT_SPAN],
    ['from=now-6h&to=now', { from: 'now-6h', to: 'now' }],
    ['from=now-1d/d&to=now-1d/d', { from: 'now-1d/d', to: 'now-1d/d' }],
    ['from=yesterday', { from: 'now-1d/d', to: 'now-1d/d' }],
    [
      'from=2026-11-24T10:00Z&to=2026-11-24T11:00Z',
      { from: '2026-11-24T10:00:00Z', to: '2026-11-24T11:00:00Z' },
    ],
  ])('%s', (fragment, span) => {
    expect(readAddress(fragment, clock)).toMatchObject({ place: { span }, problem: null })
  })

  test.each([
    ['from=2026-11-24T11:00Z&to=2026-11-24T10:00Z', 'ends before it begins'],
    ['from=2026-11-25T11:00Z&to=2026-11-25T12:00Z', 'lies in the future'],
    ['from=1970-01-01T00:00Z&to=now', 'longer than 28 years'],
    ['from=nonsense&to=now', '“nonsense” is not a time'],
    ['to=now', 'is not a time'],
    ['interval=7', 'The address has “7” as interval.'],
    ['compare=tomorrow', 'The address has “tomorrow” as compare.'],
    ['only=colour=red', 'The address has “colour=red” as only.'],
    ['only=project=OPS,nonsense', 'as only.'],
    ['split=colour', 'The address has “colour” as split.'],
    ['split=reporter', 'The address has “reporter” as split.'],
    ['view=pie', 'The address has “pie” as view.'],
    ['opened=soon', 'The address has “soon” as opened.'],
    ['opened=2026-11-24T11:00:00Z/2026-11-24T10:00:00Z', 'as opened.'],
  ])('%s is said to be none, and the rest holds', (fragment, sentence) => {
    const { place, problem } = readAddress(fragment, clock)
    expect(problem?.message).toContain(sentence)
    expect(place).toEqual({
      span: DEFAULT_SPAN,
      chosenInterval: null,
      comparison: null,
      filter: {},
      splitBy: null,
      opened: null,
    })
  })

  test('of a night when clocks change is of instants; a time that was left out is said to be none', () => {
    const berlin = { nowMs: Date.parse('2026-10-25T12:00Z'), zone: 'Europe/Berlin' }
    const twice = 'from=2026-10-25T00:30:00Z&to=2026-10-25T01:30:00Z' // 02:30 to 02:30
    expect(readAddress(twice, berlin)).toMatchObject({ problem: null })
    const left = { nowMs: Date.parse('2026-09-06T12:00Z'), zone: 'America/Santiago' }
    expect(readAddress('from=2026-09-06T00:30&to=now', left).problem?.message).toContain(
      'There was no 2026-09-06 00:30',
    )
  })

  test('leads to what it was made of', () => {
    const span = { from: 'now-6h', to: 'now' }
    const filter = { projects: ['WEB', 'OPS'], without: { issueTypes: ['Bug'] } }
    const fields = { filter, splitBy: 'issueType' } as const
    const shown = { span, chosenInterval: 10, comparison: '7d', ...fields, opened: bar } as const
    const fragment = addressOf(shown, 'histogram')
    expect(fragment).toBe(
      'from=now-6h&to=now&interval=10&compare=7d&only=project=WEB,project=OPS,type!=Bug&split=type&opened=2026-11-24T13:59:00Z/2026-11-24T14:00:00Z&view=histogram',
    )
    expect(readAddress(fragment, clock)).toEqual({ place: shown, view: 'histogram', tv: null, problem: null })
    expect(
      addressOf(
        {
          ...shown,
          span: DEFAULT_SPAN,
          chosenInterval: null,
          comparison: null,
          filter: {},
          splitBy: null,
          opened: null,
        },
        'bar',
      ),
    ).toBe('')
  })
})

const afterHash = (url: string): string => url.split('#')[1] ?? ''

/** A window's address with the history that a browser keeps of it. */
function browser(fragment: string) {
  const entries = [fragment]
  let at = 0
  let onPop: (() => void) | undefined
  const location = {
    pathname: '/',
    search: '',
    get hash() {
      return entries[at] === '' ? '' : `#${entries[at]}`
    },
    reload: vi.fn(),
  }
  const page: Page = {
    location,
    history: {
      pushState: (_state, _title, url) => void entries.splice(++at, entries.length, afterHash(String(url))),
      replaceState: (_state, _title, url) => void (entries[at] = afterHash(String(url))),
    },
    addEventListener: (_type: string, listener: unknown) => void (onPop = listener as () => void),
  }
  return {
    page,
    entries,
    reload: location.reload,
    go(by: number): void {
      at += by
      onPop?.()
    },
    edit(text: string): void {
      entries.splice(++at, entries.length, text)
      onPop?.()
    },
  }
}

describe('the address of a window', () => {
  let tested: TestedDashboard
  let views = createStateStore({
    view: 'bar',
    cursor: null,
    page: 'dashboard',
    tv: null,
  } as unknown as ViewState)
  let window = browser('')

  async function open(fragment: string): Promise<void> {
    window = browser(fragment)
    views = createStateStore({
      view: 'bar',
      cursor: null,
      page: 'dashboard',
      tv: null,
    } as unknown as ViewState)
    const address = createAddress(window.page, () => Date.now())
    tested = await startDashboard({ start: address.start })
    address.follow(tested.dashboard, views)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  const state = () => tested.dashboard.store.get()

  beforeEach(() => open(''))
  afterEach(() => {
    tested.dashboard.stop()
    vi.useRealTimers()
  })

  test('says what is shown, step by step, and Back and Forward lead along', async () => {
    tested.dashboard.showSpan({ from: 'now-6h', to: 'now' })
    views.put({ view: 'histogram' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(window.entries).toEqual(['', 'from=now-6h&to=now&view=bar', 'from=now-6h&to=now&view=histogram'])
    window.go(-1)
    expect([state().span.from, views.get().view]).toEqual(['now-6h', 'bar'])
    window.go(-1)
    expect(state()).toMatchObject({ span: DEFAULT_SPAN, following: true })
    window.go(2)
    expect([state().span.from, views.get().view]).toEqual(['now-6h', 'histogram'])
    expect(window.entries).toHaveLength(3)
  })

  test('stays as it is while the span moves on', async () => {
    tested.dashboard.showSpan({ from: 'now-15m', to: 'now' })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(window.entries).toEqual(['', 'from=now-15m&to=now&view=bar'])
  })

  test('a key that is held makes one step of the history', async () => {
    for (let n = 0; n < 30; n++) {
      tested.dashboard.stepSpan(-1)
      await vi.advanceTimersByTimeAsync(30)
    }
    expect(window.entries.length).toBeLessThanOrEqual(2)
  })

  test('is where the window begins', async () => {
    tested.dashboard.stop()
    await open(
      'from=2026-11-24T10:00:00Z&to=2026-11-24T11:00:00Z&opened=2026-11-24T10:05:00Z/2026-11-24T10:06:00Z&view=histogram',
    )
    expect(state()).toMatchObject({
      shown: { fromMs: Date.parse('2026-11-24T10:00Z') },
      opened: { fromMs: Date.parse('2026-11-24T10:05Z') },
      following: false,
      notice: null,
    })
    expect(views.get().view).toBe('histogram')
    expect(window.entries).toHaveLength(1)
  })

  test('that cannot be shown says so, shows the last hour, and is mended in place', async () => {
    window.edit('from=2026-11-24T11:00Z&to=2026-11-24T10:00Z')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({ span: DEFAULT_SPAN, shown: first, notice: { kind: 'failed' } })
    expect(window.entries).toEqual(['', ''])
    tested.dashboard.stop()
    await open('from=nonsense')
    expect(state()).toMatchObject({ span: DEFAULT_SPAN, shown: first, notice: { kind: 'failed' } })
    expect(window.entries).toEqual([''])
  })

  test('with a code that is put into an open window signs in anew', () => {
    window.edit('code=secret')
    expect(window.reload).toHaveBeenCalledOnce()
  })
})

function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

describe('a link without a session', () => {
  test('leads to its place once this browser has signed in, for an hour, once', () => {
    const kept = storage()
    keepPlace(browser('from=now-6h&to=now').page, kept, start)
    const signedIn = browser('')
    returnToPlace(signedIn.page, kept, start + 60_000)
    expect(signedIn.entries).toEqual(['from=now-6h&to=now'])
    const again = browser('')
    returnToPlace(again.page, kept, start + 60_000)
    expect(again.entries).toEqual([''])
    keepPlace(browser('from=now-6h&to=now').page, kept, start)
    returnToPlace(again.page, kept, start + 3_600_001)
    expect(again.entries).toEqual([''])
  })

  test('is forgotten where the link that signs in names a place of its own', () => {
    const kept = storage()
    keepPlace(browser('from=now-6h&to=now').page, kept, start)
    const own = browser('from=now-7d&to=now')
    returnToPlace(own.page, kept, start)
    expect(own.entries).toEqual(['from=now-7d&to=now'])
    expect(kept.getItem('jira-tpm.place')).toBeNull()
  })
})
