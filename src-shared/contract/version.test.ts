import { expect, test } from 'vitest'
import { CONTRACT_VERSION, SERVED_VERSIONS, versionMismatch } from './version.ts'

test('this version is served', () => {
  expect(SERVED_VERSIONS).toContain(CONTRACT_VERSION)
  expect(versionMismatch(CONTRACT_VERSION)).toBeNull()
  expect(versionMismatch(String(CONTRACT_VERSION))).toBeNull()
})

test('so is the one before, where the core serves both', () => {
  expect([2, 3].map((version) => versionMismatch(version, [3, 2]))).toEqual([null, null])
})

test.each([
  { caller: 4, says: 'version 4', hint: 'Update Jira TPM where it runs' },
  { caller: 1, says: 'version 1', hint: 'Update the program that called' },
  { caller: 'three', says: 'no version', hint: 'Update the program that called' },
  { caller: undefined, says: 'no version', hint: 'Update the program that called' },
])('a caller of $caller is told who has to be updated', ({ caller, says, hint }) => {
  const mismatch = versionMismatch(caller, [3, 2])
  expect(mismatch?.code).toBe('other-version')
  expect(mismatch?.message).toContain(`${says} `)
  expect(mismatch?.message).toContain('3 and 2. Nothing was done.')
  expect(mismatch?.hint).toContain(hint)
})
