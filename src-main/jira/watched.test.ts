import { expect, test } from 'vitest'
import { chooseWatched } from './watched.ts'

const named = (...names: string[]): { id: string; name: string }[] =>
  names.map((name, i) => ({ id: String(i + 1), name }))

test('High and Highest are watched, in whatever case, in the site’s order', () => {
  expect(chooseWatched(named('HIGHEST', 'Medium', 'high', 'Highish'))).toEqual([
    { id: '1', name: 'HIGHEST' },
    { id: '3', name: 'high' },
  ])
})

test('a site with neither is told what priorities it has', () => {
  expect(() => chooseWatched(named('Blocker', 'Critical'))).toThrow(
    expect.objectContaining({
      code: 'not-configured',
      message: expect.stringContaining('Blocker, Critical'),
    }),
  )
})
