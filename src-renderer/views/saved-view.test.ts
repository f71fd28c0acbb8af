import { expect, test } from 'vitest'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { SavedView } from '../../src-shared/contract/views.ts'
import { changedText, fragmentOf, viewState, viewText } from './saved-view.ts'

function session(projectKey: string | null, ...watched: string[]): Session {
  return { projectKey, watched: watched.map((id) => ({ id, name: `P${id}` })) } as unknown as Session
}

function view(state: SavedView['state']): SavedView {
  return { name: 'Storm', state, revision: 'r', createdMs: 0 }
}

/** In Berlin, 14:30. */
const NOW = { nowMs: Date.UTC(2026, 10, 24, 13, 30), zone: 'Europe/Berlin' }

const FRAGMENT = 'from=now-6h&to=now&interval=5&view=histogram&ofALaterVersion=a+b%26c'

test('a view holds what the address says, but for the open bar, and leads back to it', () => {
  const saved = view(
    viewState(`#${FRAGMENT}&opened=2026-11-24T13:00:00Z/2026-11-24T13:05:00Z`, session('OPS', '1', '2')),
  )
  expect(fragmentOf(saved)).toBe(FRAGMENT)
  expect(viewText(saved, NOW)).toBe('Last 6 h, bars of 5 min, histogram')
})

test('the window as it begins is a view, too', () => {
  const saved = view(viewState('', session(null, '1')))
  expect(fragmentOf(saved)).toBe('')
  expect(viewText(saved, NOW)).toBe('Last 60 min')
  const pinned = view({ from: '2026-11-23T22:00:00Z', to: '2026-11-23T23:00:00Z' })
  expect(viewText(pinned, NOW)).toBe('Mon 23 Nov, 23:00–00:00')
  expect(viewText(view({ from: 'dawn', to: 'dusk' }), NOW)).toBe('dawn to dusk')
})

test('of a project or a value that is not watched any more it says so', () => {
  const saved = view(viewState('', session('OPS', '1', '2')))
  expect(changedText(saved, session('OPS', '1', '2', '3'))).toBe('')
  expect(changedText(saved, session('WEB', '1', '2'))).toBe('Saved of project OPS; now WEB is watched.')
  expect(changedText(saved, session(null, '1', '2'))).toBe(
    'Saved of project OPS; now all projects are watched.',
  )
  expect(changedText(saved, session('OPS', '2'))).toBe('Saved when other values were watched; now P2 are.')
  expect(changedText(view({ from: 'now-1h', to: 'now' }), session('OPS', '2'))).toBe('')
})
