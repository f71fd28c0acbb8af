import { expect, test } from 'vitest'
import { createKeptHour } from './shown-hour.ts'

function memory(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

test('a chosen hour is there after a reload, until the site’s own is followed again', () => {
  const storage = memory()
  createKeptHour(storage).set({ fromMs: 3_600_000, toMs: 7_200_000 })
  expect(createKeptHour(storage).get()).toEqual({ fromMs: 3_600_000, toMs: 7_200_000 })
  createKeptHour(storage).set(null)
  expect(createKeptHour(storage).get()).toBeNull()
})

test.each(['', '{', '{"fromMs":"x"}', '[]'])('what is not an hour is no hour: %s', (text) => {
  const storage = memory()
  storage.setItem('jira-tpm.hour', text)
  expect(createKeptHour(storage).get()).toBeNull()
})
