import { expect, test } from 'vitest'
import { codeInFragment, takeCode } from './http-transport.ts'

test.each([
  ['#code=abc-123', 'abc-123'],
  ['#other=1&code=x', 'x'],
  ['#', null],
  ['', null],
])('the code of %j is %j', (fragment, code) => {
  expect(codeInFragment(fragment)).toBe(code)
})

test('a code that was taken is no longer in the address', () => {
  let address = ''
  const page = {
    location: { hash: '#code=secret', pathname: '/', search: '?a=1' },
    history: { replaceState: (_state: unknown, _title: string, url: string) => void (address = url) },
  } as unknown as Pick<Window, 'location' | 'history'>
  expect(takeCode(page)).toBe('secret')
  expect(address).toBe('/?a=1')
})
