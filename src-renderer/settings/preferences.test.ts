import { expect, test } from 'vitest'
import { defaultPreferences, loadPreferences, savePreferences } from './preferences.ts'

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

test('what was chosen is there again', () => {
  const kept = storage()
  const chosen = { view: 'histogram', asTable: true, theme: 'dark' } as const
  savePreferences(kept, chosen)
  expect(loadPreferences(kept)).toEqual(chosen)
})

test('the zone is kept, one that is none is not, and what an older version kept holds', () => {
  const kept = storage()
  savePreferences(kept, { ...defaultPreferences, zone: 'America/Santiago' })
  expect(loadPreferences(kept).zone).toBe('America/Santiago')
  savePreferences(kept, { ...defaultPreferences, theme: 'dark', zone: 'Moon/Base' })
  expect(loadPreferences(kept)).toEqual({ ...defaultPreferences, theme: 'dark' })
})

test.each([null, 'not json', '{"view":"pie"}', '[]'])('where %j is kept, the defaults hold', (text) => {
  expect(loadPreferences({ getItem: () => text })).toEqual(defaultPreferences)
})
