import { expect, test } from 'vitest'
import { probeEntry, type Entry } from './probe-entry.ts'

function entry(spoilt: Partial<Entry> = {}): Entry {
  let held: string | null = null
  return {
    setPassword: async (password) => void (held = password),
    getPassword: async () => held,
    async deletePassword() {
      const had = held !== null
      held = null
      return had
    },
    ...spoilt,
  }
}

test('one that works is left as it was', async () => {
  const works = entry()
  await probeEntry(works)
  expect(await works.getPassword()).toBeNull()
})

test.each([
  { name: 'forgets', spoilt: { getPassword: async () => null } },
  { name: 'gives something else', spoilt: { getPassword: async () => 'other' } },
  { name: 'cannot delete', spoilt: { deletePassword: async () => false } },
  { name: 'writes nothing', spoilt: { setPassword: async () => {} } },
])('one that $name is of no use', async ({ spoilt }) => {
  await expect(probeEntry(entry(spoilt))).rejects.toThrow('does not give back')
})
