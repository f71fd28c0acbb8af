import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../test-support/domain/refusal.ts'
import { siteOfDraft } from './settings.ts'

const DRAFT = {
  url: 'https://example.atlassian.net/',
  user: ' me@example.com ',
  token: 'token-1',
  tokenExpiresOn: null,
  projectKey: null,
  caFile: null,
  watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
}

describe('a connection as it was filled in', () => {
  test('is tidied, and leaves the token behind', () => {
    expect(siteOfDraft(DRAFT)).toMatchObject({
      url: 'https://example.atlassian.net',
      user: 'me@example.com',
      token: null,
    })
  })

  test.each([null, '', '  '])('without a user (%j) it is that of a token alone', (user) => {
    expect(siteOfDraft({ ...DRAFT, user }).user).toBeNull()
  })

  test.each([
    ['plain http elsewhere', { url: 'http://jira.example.com' }],
    ['no address', { url: 'jira' }],
    ['a password in the address', { url: 'https://me:hunter2@example.com' }],
    ['a project that is no key', { projectKey: 'TPM" OR 1' }],
    ['half a path', { caFile: 'company.pem' }],
  ])('%s is refused with what to do', (_what, changes) => {
    const refusal = refusalOf(() => siteOfDraft({ ...DRAFT, ...changes }))
    expect(refusal.code).toBe('usage')
    expect(refusal.hint).not.toBe('')
    expect(refusal.message).not.toContain('hunter2')
  })
})
