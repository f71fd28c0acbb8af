import { expect, test } from 'vitest'
import type { CleanUp } from '../../../src-shared/contract/runs/clean-up.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { runOf } from '../../../test-support/renderer/runs-page/runs.ts'
import { canCleanUp, isCount, meaningText, previewText, progressText } from './clean-up.ts'

const sandbox: Session['site'] = { id: 's', kind: 'sandbox', label: 'sandbox', browseUrl: null }
const acme: Session['site'] = {
  id: 'a',
  kind: 'cloud',
  label: 'acme.atlassian.net',
  browseUrl: 'https://acme.atlassian.net',
}
const preview = { runId: 'r', count: 1_204, keys: [], gone: 0, kept: [], refusal: null }

test('a run can be cleaned up once it has ended, as long as something of it is there', () => {
  expect(canCleanUp(runOf(1))).toBe(true)
  expect(canCleanUp(runOf(1, { state: 'broken', created: 1 }))).toBe(true)
  expect(canCleanUp(runOf(1, { state: 'running' }))).toBe(false)
  expect(canCleanUp(runOf(1, { state: 'paused' }))).toBe(false)
  expect(canCleanUp(runOf(1, { removed: 100 }))).toBe(false)
  expect(canCleanUp(runOf(1, { created: 0 }))).toBe(false)
  // It may have made its ticket after all.
  expect(canCleanUp(runOf(1, { created: 0, unknown: 1 }))).toBe(true)
})

test('the preview says how many, where, and how many are gone already', () => {
  expect(previewText(preview, acme)).toBe('1,204 tickets would be deleted from acme.atlassian.net.')
  expect(previewText({ ...preview, count: 0, gone: 1 }, sandbox)).toBe(
    'Nothing would be deleted from the sandbox. 1 ticket of this run is not there any more.',
  )
})

test('a real Jira is called one', () => {
  expect(meaningText(acme)).toContain('This is a real Jira')
  expect(meaningText(sandbox)).not.toContain('real')
})

test('the count is typed with or without its separators, and is no other', () => {
  for (const typed of ['1204', '1,204', ' 1 204 ', '1’204']) expect(isCount(typed, 1_204), typed).toBe(true)
  for (const typed of ['', '120', '12040', '-1204', '1204 tickets', '1e3']) {
    expect(isCount(typed, 1_204), typed).toBe(false)
  }
  expect(isCount('', 0)).toBe(false)
})

test('how far it is, and how it ended', () => {
  const kept = [{ key: 'TPM-1', reason: 'It has a sub-task.' }]
  const cleanUp: CleanUp = { runId: 'r', state: 'running', total: 98, deleted: 31, kept: [], failure: null }
  expect(progressText(cleanUp)).toBe('31 of 98 tickets deleted')
  expect(progressText({ ...cleanUp, state: 'stopped' })).toBe(
    'Stopped: 31 of 98 tickets deleted. 67 are left.',
  )
  expect(progressText({ ...cleanUp, state: 'done', deleted: 97, kept })).toBe(
    '97 tickets deleted. 1 ticket stayed.',
  )
})
