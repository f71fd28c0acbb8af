import { expect, test } from 'vitest'
import { droppedFrom } from './sentences.ts'

test('what is dropped is reported: a file, a team’s server, or the file that stands in for it', () => {
  const file = { kind: 'sqlite', label: 'tpm.sqlite', insteadOf: null } as const
  expect(droppedFrom(file)).toBe('from this computer')
  expect(droppedFrom({ ...file, kind: 'postgres', label: 'db/tpm' })).toBe(
    'from db/tpm, for everyone who shares it',
  )
  expect(droppedFrom({ ...file, insteadOf: { label: 'db/tpm' } })).toBe(
    'from the file on this computer that stands in for db/tpm, and not from db/tpm',
  )
})
