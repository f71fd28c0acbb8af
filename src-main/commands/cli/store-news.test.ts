import { expect, test } from 'vitest'
import type { StoreStatus } from '../../../src-shared/contract/store.ts'
import { fallbackNews, storeNews } from './store-news.ts'

const up: StoreStatus = {
  kind: 'postgres',
  label: 'jira_tpm on db.example.com',
  failure: null,
  canFallBack: false,
  insteadOf: null,
}
const failure = {
  sinceMs: 0,
  code: 'store-unavailable',
  message: 'It is out of reach. Nothing is stored.',
  what: 'It is out of reach.',
  consequence: 'Nothing is stored.',
  hint: 'Start it.',
}
const down: StoreStatus = { ...up, failure, canFallBack: true }
const warning = {
  sinceMs: 0,
  untilMs: Date.parse('2026-11-24T15:00Z'),
  code: 'secrets-unavailable',
  message: 'Vault is sealed.',
  what: 'Vault is sealed.',
  consequence: '',
  hint: 'Unseal it.',
}
const warned: StoreStatus = { ...up, warning }
const restored = {
  sinceMs: 5,
  what: 'It was restored from a backup.',
  consequence: 'What is missing is fetched.',
  hint: 'Look at the tokens.',
}
const insteadOf = { label: up.label, sinceMs: 0, reachable: false, failure }
const standIn: StoreStatus = { ...up, kind: 'sqlite', label: 'tpm.sqlite', insteadOf }
const waiting: StoreStatus = { ...standIn, insteadOf: { label: up.label, sinceMs: 0, reachable: true } }

test.each([
  ['works on', up, up, null],
  ['goes down', up, down, 'It is out of reach. Nothing is stored. Start it.'],
  ['stays down', down, down, null],
  [
    'is found to be restored from a backup',
    up,
    { ...up, restored },
    'It was restored from a backup. What is missing is fetched. Look at the tokens.',
  ],
  ['comes back so', down, { ...up, restored }, expect.stringContaining('restored from a backup')],
  ['was so before', { ...up, restored }, { ...up, restored }, null],
  ['is told of it no more', { ...up, restored }, up, null],
  ['comes back', down, up, 'jira_tpm on db.example.com can be used again.'],
  ['is stood in for', down, standIn, expect.stringMatching(/^tpm\.sqlite on this machine stands in for/)],
  [
    'is stood in for from the first, with why',
    up,
    standIn,
    expect.stringMatching(/^It is out of reach\. tpm\.sqlite on this machine stands in for/),
  ],
  [
    'is back while a run is under way',
    standIn,
    waiting,
    expect.stringContaining('gone back to as soon as no run is under way'),
  ],
  ['is lost again meanwhile', waiting, standIn, null],
  [
    'is gone back to',
    waiting,
    up,
    'Back to jira_tpm on db.example.com; what is missing there is fetched from Jira.',
  ],
  [
    'will not be usable for long',
    up,
    warned,
    'Vault is sealed. jira_tpm on db.example.com can be used until 2026-11-24T15:00:00.000Z. Unseal it.',
  ],
  ['still will not', warned, warned, null],
  ['will be again', warned, up, 'jira_tpm on db.example.com can be used for as long as before.'],
  ['goes down as was said', warned, down, 'It is out of reach. Nothing is stored. Start it.'],
])('a store that %s', (_what, told, now, news) => {
  expect(storeNews(told, now)).toEqual(news)
})

test('a command of one call says what it uses, and why', () => {
  expect(fallbackNews(up)).toBeNull()
  expect(fallbackNews(standIn)).toBe(
    'It is out of reach. This call uses tpm.sqlite on this machine instead, with what was fetched into it from Jira.',
  )
})
