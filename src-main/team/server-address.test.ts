import { expect, test } from 'vitest'
import { serverAddress } from './server-address.ts'
import { ownMachineName } from './sign-in.ts'

test.each([
  ['https://tpm.example.com', 'https://tpm.example.com', null],
  ['tpm.example.com', 'https://tpm.example.com', null],
  ['tpm.example.com:8443/', 'https://tpm.example.com:8443', null],
  [' https://TPM.example.com/#code=ab-cd ', 'https://tpm.example.com', 'ab-cd'],
  ['http://127.0.0.1:8050/#code=x', 'http://127.0.0.1:8050', 'x'],
  ['http://[::1]:8050', 'http://[::1]:8050', null],
])('%j is %s', (typed, url, code) => {
  expect(serverAddress(typed)).toEqual({ url, code })
})

test.each([
  ['http://tpm.example.com', 'begins with http://'],
  ['http://127.0.0.1.example.com', 'begins with http://'],
  ['ftp://tpm.example.com', 'is not one'],
  ['', 'is not one'],
  ['https://me:secret@tpm.example.com', 'a user or a password'],
  ['https://tpm.example.com/tpm', 'with a path'],
])('%j is refused, and nothing of a secret is said', (typed, says) => {
  expect(() => serverAddress(typed)).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringContaining('https://') as string }),
  )
  expect(() => serverAddress(typed)).toThrow(says)
  expect(() => serverAddress(typed)).not.toThrow('secret')
})

test('a machine has a name of its own', () => {
  expect(ownMachineName()).toMatch(/^.{1,64}$/)
})
