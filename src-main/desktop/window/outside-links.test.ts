import { describe, expect, test } from 'vitest'
import { isOwnPage, mayOpenOutside } from './addresses.ts'

describe('links that go to the browser', () => {
  test.each(['https://example.atlassian.net/browse/TPM-1', 'https://example.org', 'HTTPS://EXAMPLE.ORG/'])(
    '%s does',
    (address) => expect(mayOpenOutside(address, null)).toBe(true),
  )

  test('the configured Jira does, though it speaks plain http', () => {
    expect(mayOpenOutside('http://jira.local:8080/browse/TPM-1', 'http://jira.local:8080')).toBe(true)
  })

  test.each([
    'http://example.org/',
    'http://jira.local/browse/TPM-1', // another port
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'ms-settings:privacy',
    'app://jira-tpm/',
    'https://user:secret@example.org/',
    'not an address',
    '',
  ])('%j does not', (address) => expect(mayOpenOutside(address, 'http://jira.local:8080')).toBe(false))

  test('a site without pages opens nothing by http', () => {
    expect(mayOpenOutside('http://localhost/', null)).toBe(false)
  })
})

describe('the page that a window may show', () => {
  test.each([
    ['app://jira-tpm/', true],
    ['app://jira-tpm/#settings', true],
    ['app://jira-tpm/other.html', false],
    ['app://jira-tpm/?x=1', false],
    ['app://jira-tpm.evil/', false],
    ['https://example.org/', false],
  ])('%s: %j', (address, own) => expect(isOwnPage(address, 'app://jira-tpm/')).toBe(own))
})
