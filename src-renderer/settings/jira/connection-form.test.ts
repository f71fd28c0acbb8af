import { expect, test } from 'vitest'
import type { Settings } from '../../../src-shared/contract/settings.ts'
import { nowText } from './connection-form.tsx'

const site: Settings = {
  jira: {
    url: 'https://acme.atlassian.net',
    user: 'ann@acme.com',
    tokenExpiresOn: null,
    projectKey: null,
    caFile: null,
    watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
  },
  tokenIn: 'keychain',
  fixedBy: null,
  secrets: { kind: 'keychain', label: 'macOS Keychain', problem: null },
  failure: null,
}

test('it says which Jira is watched, as whom, and where the token is', () => {
  expect(nowText(site)).toBe(
    'acme.atlassian.net is watched as ann@acme.com. Its token is kept in macOS Keychain.',
  )
  expect(nowText({ ...site, tokenIn: 'environment' })).toContain('Its token is given by the environment.')
  expect(nowText({ ...site, jira: null, tokenIn: 'none' })).toMatch(/^The built-in sandbox is watched\./)
})

test('a Jira that could not be opened is not said to be watched', () => {
  const failure = {
    code: 'not-authenticated',
    message: 'Jira refused the token.',
    what: 'Jira refused the token.',
    consequence: '',
    hint: '',
  }
  const { jira } = site
  const server = jira && { ...jira, url: 'http://jira.acme.com:8080/context', user: null }
  expect(nowText({ ...site, jira: server, failure, tokenIn: 'none' })).toBe(
    'jira.acme.com:8080/context is set, but not open. Its token is nowhere to be found: fill it in.',
  )
})

test('nothing is said to be in a keychain that is not there', () => {
  const safe = { kind: 'safe-storage', label: 'an encrypted file', problem: null } as const
  expect(nowText({ ...site, secrets: safe })).toContain('Its token is kept in an encrypted file.')
})
