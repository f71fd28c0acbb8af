import { expect, test } from 'vitest'
import { isUsuallyWatched, soundsUrgent } from './ticket.ts'

test.each(['High', ' highest ', 'HIGH (Migrated)', 'Highest (migrated 3)'])('%s is watched', (name) => {
  expect(isUsuallyWatched(name)).toBe(true)
  expect(soundsUrgent(name)).toBe(true)
})

test.each(
  'Very high|Critical|P0|P1 - now|Sev-1|sev0|Show stopper|High (customer)|Höchste|Hoch|Urgente|Élevée|Crítica|Alta|Высокий|高|最高|높음|Hög|Très haute'.split(
    '|',
  ),
)('%s only sounds urgent', (name) => {
  expect(isUsuallyWatched(name)).toBe(false)
  expect(soundsUrgent(name)).toBe(true)
})

test.each([
  'Medium',
  'Low',
  'Lowest (migrated)',
  'Trivial',
  'Highish',
  'P2',
  'P10',
  'Mittel',
  'Saltado',
  '中',
  'Hochwasser',
])('%s does not', (name) => expect(soundsUrgent(name)).toBe(false))
