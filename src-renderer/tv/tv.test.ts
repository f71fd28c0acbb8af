import { expect, test, vi } from 'vitest'
import { keepAwake, shiftAt } from './screen.ts'
import { tvInFragment, withTv } from './tv-address.ts'

test.each([
  ['#tv', 'dark'],
  ['#tv=light', 'light'],
  ['#tv=blue', 'dark'],
  ['#tv&code=abc', 'dark'],
  ['#from=now-6h&to=now&tv', 'dark'],
  ['#from=now-6h&to=now', null],
  ['', null],
])('%j leads to the TV view: %j', (fragment, tv) => expect(tvInFragment(fragment)).toBe(tv))

test('what was shown before is still in the address', () => {
  expect(withTv('', 'dark')).toBe('tv')
  expect(withTv('view=histogram', 'light')).toBe('tv=light&view=histogram')
  expect(withTv('view=histogram', null)).toBe('view=histogram')
})

test('the picture moves each minute, around the middle', () => {
  const places = Array.from({ length: 9 }, (_, minute) => shiftAt(29_000_000 + minute))
  expect(new Set(places.map(String)).size).toBe(9)
  for (const axis of [0, 1] as const) expect(places.reduce((sum, place) => sum + place[axis], 0)).toBe(0)
})

test('the screen is kept on while the page is seen, and let go after it', async () => {
  const release = vi.fn(async () => {})
  const request = vi.fn(async () => ({ release }) as unknown as WakeLockSentinel)
  const listeners: (() => void)[] = []
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_name: string, listener: () => void) => listeners.push(listener),
    removeEventListener: vi.fn(),
  }
  const end = keepAwake(page as unknown as Document, { request })
  await vi.waitFor(() => expect(request).toHaveBeenCalledOnce())
  for (const state of ['hidden', 'visible'] as const) {
    page.visibilityState = state
    for (const listener of listeners) listener()
  }
  await vi.waitFor(() => expect(request).toHaveBeenCalledTimes(2))
  end()
  expect(release).toHaveBeenCalledOnce()
  expect(page.removeEventListener).toHaveBeenCalledOnce()
})
