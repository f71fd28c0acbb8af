import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Client } from '../../../src-shared/contract/client.ts'
import { AppError, type ErrorCode } from '../../../src-shared/errors/app-error.ts'
import { machineClock, type Clock } from '../../runtime/clock.ts'
import { runLabel } from '../../generator/marks.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import { atEnd } from '../../../test-support/end.ts'
import { openTestApp, startTestSite, type TestApp } from '../../../test-support/app.ts'
import { restRun } from './update-flow.ts'

/** Longer than a quit waits. */
const SLOW_MS = 1_500

async function openWithRun(site: TestSandbox): Promise<{ app: TestApp; runId: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-rest-'))
  atEnd(() => rm(folder, { recursive: true }))
  const app = await openTestApp(site, { store: { kind: 'sqlite', file: path.join(folder, 'tpm.sqlite') } })
  const { site: opened } = await app.call('session.get', {})
  const { runId } = await app.call('runs.start', { count: 600, minutes: 1, confirmedSite: opened.id })
  return { app, runId }
}

/** Calls that are answered from a table; what is not in it fails the test. */
function answers(table: Readonly<Record<string, () => unknown>>): Client['call'] {
  const call = async (method: string): Promise<unknown> => {
    const answer = table[method]
    if (answer === undefined) throw new Error(`${method} is not to be called`)
    return answer()
  }
  return call as Client['call']
}

test('the ticket under way gets its outcome before the run rests, though Jira takes its time', async () => {
  const site = await startTestSite({})
  const late = {
    match: { method: 'POST', path: '/issue$' },
    kind: 'late',
    ms: SLOW_MS,
    times: 1,
    after: 3,
  } as const
  await site.setFaults([late])
  const { app, runId } = await openWithRun(site)
  // Later ones are made: the fourth is under way.
  await vi.waitFor(async () =>
    expect((await app.call('runs.get', { runId })).created).toBeGreaterThanOrEqual(4),
  )
  await restRun(app.call, machineClock)
  const { state, created, unknown } = await app.call('runs.get', { runId })
  expect({ state, unknown }).toEqual({ state: 'paused', unknown: 0 })
  await app.stop()
  expect(await site.truth(runLabel(runId))).toHaveLength(created)
})

test.each([
  ['no run', null],
  ['a run that rests', { state: 'paused', by: null }],
  ['a run that another program works on', { state: 'running', by: 'ada' }],
])('%s is left as it is', async (_name, run) => {
  await expect(restRun(answers({ 'runs.current': () => run }), machineClock)).resolves.toBeUndefined()
})

const RUNNING = () => ({ state: 'running', by: null })

function failing(code: ErrorCode): () => never {
  return () => {
    throw new AppError(code, 'So it is.')
  }
}

test('a run that ends in this moment needs no rest', async () => {
  const call = answers({ 'runs.current': RUNNING, 'runs.pause': failing('not-found') })
  await expect(restRun(call, machineClock)).resolves.toBeUndefined()
})

test('where nothing could be opened there is nothing to wait for', async () => {
  const call = answers({ 'runs.current': failing('not-configured') })
  await expect(restRun(call, machineClock)).resolves.toBeUndefined()
})

test.each([
  ['is away', { 'runs.current': failing('store-unavailable') }],
  ['goes away', { 'runs.current': RUNNING, 'runs.pause': failing('store-unavailable') }],
])('while the store %s nothing is restarted: outcomes may be owed', async (_when, table) => {
  await expect(restRun(answers(table), machineClock)).rejects.toThrow('So it is.')
})

function never(): Promise<never> {
  return new Promise(() => {})
}

test('a Jira that does not answer holds the restart back, not for ever', async () => {
  const impatient: Clock = { ...machineClock, sleep: async () => {} }
  const resting = restRun(answers({ 'runs.current': RUNNING, 'runs.pause': never }), impatient)
  await expect(resting).rejects.toMatchObject({ code: 'busy' })
})
