import { describe, expect, test } from 'vitest'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { failureTitle, storeText } from './store-status.tsx'

const now = Date.parse('2026-11-24T14:05Z')
const since = Date.parse('2026-11-24T14:03Z')
const up: StoreStatus = {
  kind: 'postgres',
  label: 'db.acme.com/jira_tpm',
  failure: null,
  canFallBack: false,
  insteadOf: null,
}

describe('a store that is out of reach', () => {
  const failure = {
    sinceMs: since,
    code: 'store-unavailable',
    message: 'PostgreSQL at db.acme.com/jira_tpm has stopped answering. What was stored is safe.',
    what: 'PostgreSQL at db.acme.com/jira_tpm has stopped answering.',
    consequence: 'What was stored is safe.',
    hint: 'It is tried again by itself.',
  }

  test('says what is wrong, for how long, and what is shown', () => {
    expect(storeText({ ...up, failure }, now, 'UTC')).toEqual({
      tone: 'failing',
      title: 'Store out of reach',
      text: 'PostgreSQL at db.acme.com/jira_tpm has stopped answering. The chart shows what was known at 14:03.',
      more: 'What was stored is safe. It is tried again by itself.',
      lasts: 'for 2 min',
    })
  })

  test('says a failure of one sentence whole', () => {
    const short = { ...failure, message: 'No answer.', what: 'No answer.', consequence: '', hint: '' }
    expect(storeText({ ...up, failure: short }, now, 'UTC')).toMatchObject({
      text: 'No answer. The chart shows what was known at 14:03.',
      more: '',
    })
  })

  test('says nothing new as time goes on, but for how long', () => {
    const later = storeText({ ...up, failure }, now + 3_600_000, 'UTC')
    expect(later).toEqual({ ...storeText({ ...up, failure }, now, 'UTC'), lasts: 'for 1 h' })
  })

  test('tells yesterday’s outage from today’s', () => {
    const old = { ...failure, sinceMs: since - 86_400_000 }
    expect(storeText({ ...up, failure: old }, now, 'UTC')?.text).toMatch(/known at Mon 23 Nov, 14:03\.$/)
  })

  test('has a title of its own where it is full, or refuses us', () => {
    expect(failureTitle('store-full')).toBe('Store full')
    expect(failureTitle('not-configured')).toBe('Store cannot be used')
  })
})

test('a store whose access ends says why, and until when all goes on', () => {
  const warning = {
    sinceMs: since,
    untilMs: now + 600_000,
    code: 'secrets-unavailable',
    message:
      'Vault at vault.acme.com is sealed: it gives out nothing until it is unsealed. Nothing was given out.',
    what: 'Vault at vault.acme.com is sealed: it gives out nothing until it is unsealed.',
    consequence: 'Nothing was given out.',
    hint: 'Have it unsealed.',
  }
  expect(storeText({ ...up, warning }, now, 'UTC')).toEqual({
    tone: 'standing-in',
    title: 'The store’s access ends',
    text: 'Vault at vault.acme.com is sealed: it gives out nothing until it is unsealed. All goes on until 14:15.',
    more: 'Have it unsealed.',
    lasts: 'for 2 min',
  })
})

test('a store that was restored from a backup says so, and what to look at; what is wrong now goes before it', () => {
  const restored = { sinceMs: since, what: 'It was restored.', consequence: 'It is filled.', hint: 'Look.' }
  expect(storeText({ ...up, restored }, now, 'UTC')).toEqual({
    tone: 'standing-in',
    title: 'Restored from a backup',
    text: 'It was restored.',
    more: 'It is filled. Look.',
    lasts: '',
  })
  const insteadOf = { label: up.label, sinceMs: since, reachable: false }
  expect(storeText({ ...up, restored, insteadOf }, now, 'UTC')?.title).toBe('A file stands in')
})

test('a file that stands in says for what, and since when', () => {
  const file: StoreStatus = { ...up, kind: 'sqlite', label: 'tpm.sqlite' }
  const insteadOf = { label: up.label, sinceMs: since, reachable: false }
  expect(storeText({ ...file, insteadOf }, now, 'UTC')).toMatchObject({
    tone: 'standing-in',
    title: 'A file stands in',
    text: 'PostgreSQL at db.acme.com/jira_tpm is out of reach. Since 14:03 this computer’s file is shown, filled from Jira.',
    lasts: 'for 2 min',
  })
  expect(storeText({ ...file, insteadOf: { ...insteadOf, reachable: true } }, now, 'UTC')).toMatchObject({
    title: 'The store is back',
    lasts: '',
    text: 'PostgreSQL at db.acme.com/jira_tpm can be reached again, and is gone back to when the run has ended. Until then this computer’s file is shown.',
  })
})

test('of a store that works nothing is said', () => {
  expect(storeText(up, now, 'UTC')).toBeNull()
})
