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

test.each([
  ['#code=secret', '/?a=1'],
  ['#code=secret&from=now-6h&to=now', '/?a=1#from=now-6h&to=now'],
  ['#from=now-6h&code=secret', '/?a=1#from=now-6h'],
])('a code that was taken is no longer in the address: %s', (hash, left) => {
  let address = ''
  const page = {
    location: { hash, pathname: '/', search: '?a=1' },
    history: { replaceState: (_state: unknown, _title: string, url: string) => void (address = url) },
  } as unknown as Pick<Window, 'location' | 'history'>
  expect(takeCode(page)).toBe('secret')
  expect(address).toBe(left)
})
