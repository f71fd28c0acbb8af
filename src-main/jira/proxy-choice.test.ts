import { expect, test } from 'vitest'
import { proxyFor } from './network/network.ts'

const HTTP = 'http://plain.test:1'
const HTTPS = 'http://tls.test:2'

test.each([
  ['https://jira.example.com', '', HTTPS],
  ['http://jira.example.com', '', HTTP],
  ['https://jira.example.com', 'other.com, x.test', HTTPS],
  ['https://jira.example.com', 'jira.example.com', null],
  ['https://jira.example.com', 'JIRA.Example.com.', null],
  ['https://jira.example.com', 'a.test example.com', null],
  ['https://jira.example.com', '.example.com', null],
  ['https://jira.example.com', '*.example.com', null],
  ['https://example.com', '.example.com', null],
  ['https://example.com', '*.example.com', HTTPS],
  ['https://notexample.com', 'example.com', HTTPS],
  ['https://jira.example.com', '*', null],
  ['https://jira.example.com', 'example.com:443', null],
  ['https://jira.example.com:8443', 'example.com:443', HTTPS],
  ['https://jira.example.com:8443', 'example.com:8443', null],
  ['https://10.1.2.3', '10.1.2.3', null],
  ['https://[fd00::1]:8443', '[fd00::1]:8443', null],
  ['https://[fd00::1]', 'fd00::1', null],
  ['https://[fd00::2]', 'fd00::1', HTTPS],
  ['http://127.0.0.1:8050', '', null],
  ['http://localhost:8050', '', null],
  ['https://[::1]', '', null],
])('%s with NO_PROXY %j goes by %s', (url, noProxy, proxy) => {
  expect(proxyFor(new URL(url), { httpProxy: HTTP, httpsProxy: HTTPS, noProxy })).toBe(proxy)
})

test('without a proxy for its kind of address there is none', () => {
  expect(proxyFor(new URL('https://a.test'), { httpProxy: HTTP, httpsProxy: null, noProxy: null })).toBe(null)
  expect(proxyFor(new URL('http://a.test'), { httpProxy: '', httpsProxy: HTTPS, noProxy: null })).toBe(null)
})
