import { describe, expect, test } from 'vitest'
import { Check } from 'typebox/value'
import { JiraDraft, type PreflightChoices, type Settings } from '../../../src-shared/contract/settings.ts'
import {
  draftOf,
  fieldsOf,
  isKept,
  problemsOf,
  tokenPage,
  watchAfter,
  watchOf,
  type JiraFields,
} from './jira-controller.ts'

const priority = { id: 'priority', name: 'Priority' }
const severity = { id: 'customfield_10050', name: 'Severity' }
const choices: PreflightChoices = {
  projects: [{ key: 'OPS', name: 'Operations' }],
  fields: [
    {
      field: priority,
      values: [
        { id: '1', name: 'Blocker' },
        { id: '2', name: 'Highest' },
        { id: '3', name: 'HIGH' },
      ],
    },
    { field: severity, values: [{ id: '20', name: 'Sev 1' }] },
  ],
  watched: [
    { id: '2', name: 'Highest' },
    { id: '3', name: 'HIGH' },
  ],
}
const unknown: PreflightChoices = { projects: [], fields: [], watched: [] }
const empty = fieldsOf(null)
const filled: JiraFields = {
  url: 'https://acme.atlassian.net',
  user: 'ann@acme.com',
  token: 'secret',
  tokenExpiresOn: '2026-12-03',
  projectKey: 'OPS',
  caFile: '/etc/ssl/acme.pem',
  watch: { field: severity, ids: ['20'] },
}

describe('the draft', () => {
  test('has what was filled in', () => {
    expect(draftOf(filled)).toEqual(filled)
  })

  test('has nothing where nothing was filled in', () => {
    const draft = draftOf({ ...empty, url: 'jira.acme.com' })
    expect(Check(JiraDraft, draft)).toBe(true)
    expect(draft).toEqual({
      url: 'https://jira.acme.com',
      user: null,
      token: null,
      tokenExpiresOn: null,
      projectKey: null,
      caFile: null,
      watch: { field: priority, ids: [] },
    })
  })

  test.each([
    ['acme.atlassian.net', 'https://acme.atlassian.net'],
    [' https://acme.atlassian.net/jira/software/projects/OPS/boards/1?x=1 ', 'https://acme.atlassian.net'],
    ['https://jira.acme.com/context/', 'https://jira.acme.com/context'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('takes the address %j as %s', (url, address) => {
    expect(draftOf({ ...empty, url }).url).toBe(address)
  })

  test('takes a project’s key in any case', () => {
    expect(draftOf({ ...filled, projectKey: ' ops ' }).projectKey).toBe('OPS')
  })
})

test('a form shows what is set, and never a token', () => {
  const { token, ...jira } = draftOf(filled)
  expect(token).toBe('secret')
  expect(fieldsOf(jira)).toEqual({ ...filled, token: '' })
})

describe('a form is not sent', () => {
  test.each(['', '  ', 'not an address', 'ftp://acme.com', 'https://ann:secret@acme.com'])(
    'with the address %j',
    (url) => {
      expect(problemsOf({ ...filled, url }, unknown).url).toEqual(expect.any(String))
    },
  )

  test('with no value to watch, where it is known what there is', () => {
    const fields = { ...filled, watch: { field: priority, ids: [] } }
    expect(problemsOf(fields, unknown)).toEqual({})
    expect(problemsOf(fields, choices)).toEqual({ watch: 'Choose at least one.' })
  })
})

describe('what is watched', () => {
  test('is what the check found by name, where nobody chose', () => {
    expect(watchAfter(empty.watch, unknown).ids).toEqual([])
    expect(watchAfter(empty.watch, choices).ids).toEqual(['2', '3'])
    expect(watchAfter({ field: priority, ids: ['1'] }, choices).ids).toEqual(['1'])
  })

  test('begins with High and Highest, migrated ones too, when another field is chosen', () => {
    expect(watchOf(choices, 'priority')).toEqual({ field: priority, ids: ['2', '3'] })
    expect(watchOf(choices, severity.id)).toEqual({ field: severity, ids: [] })
    const values = ['High', 'High (migrated)', 'Low (migrated)'].map((name) => ({ id: name, name }))
    const moved = { ...choices, fields: [{ field: severity, values }] }
    expect(watchOf(moved, severity.id).ids).toEqual(['High', 'High (migrated)'])
  })
})

describe('a token', () => {
  const { token: _, ...jira } = draftOf(filled)
  const settings = { jira, tokenIn: 'keychain' } as Settings

  test('is kept for one address and one user', () => {
    expect(isKept(settings, filled)).toBe(true)
    expect(isKept(settings, { ...filled, url: 'acme.atlassian.net/' })).toBe(true)
    expect(isKept(settings, { ...filled, user: 'bob@acme.com' })).toBe(false)
    expect(isKept({ ...settings, tokenIn: 'none' }, filled)).toBe(false)
    expect(isKept({ ...settings, jira: null }, filled)).toBe(false)
  })

  test('is made at Atlassian’s, or at the server’s own page', () => {
    const atlassian = 'https://id.atlassian.com/manage-profile/security/api-tokens'
    expect(tokenPage(empty)).toBe(atlassian)
    expect(tokenPage({ url: 'acme.atlassian.net', user: '' })).toBe(atlassian)
    expect(tokenPage({ url: 'jira.acme.com', user: 'ann@acme.com' })).toBe(atlassian)
    expect(tokenPage({ url: 'jira.acme.com/context', user: '' })).toMatch(
      /^https:\/\/jira\.acme\.com\/context\/secure\/ViewProfile\.jspa/,
    )
  })
})
