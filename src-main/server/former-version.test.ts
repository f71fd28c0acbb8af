import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import { createFormerCheck, FORMER_CALLS, FORMER_VERSION } from '../../test-support/contract/former.ts'
import { eventFor, resultFor } from '../../src-shared/contract/former-version.ts'
import { isMethod, methods } from '../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { CONTRACT_VERSION } from '../../src-shared/contract/version.ts'

const former = createFormerCheck()

const facts = {
  runId: 'r1',
  seed: 7,
  profile: 'steady',
  rate: 1,
  projectKey: 'TPM',
  planned: 9,
  created: 4,
  failed: 0,
  unknown: 0,
  skipped: 0,
  missed: 2,
  removed: 0,
  startMs: 0,
  endMs: 60_000,
  lateness: null,
}

/** A run in each state, and what version 1 said of it. */
const runs: readonly { run: RunProgress; said: object }[] = [
  { run: { ...facts, state: 'running', by: 'anna' }, said: { by: 'anna', reason: null } },
  {
    run: { ...facts, state: 'paused', cause: { code: 'requested' } },
    said: { by: null, reason: 'It was paused. Resume it to go on.', why: 'It was paused.' },
  },
  {
    run: { ...facts, state: 'paused', cause: { code: 'slept', fromMs: 0, toMs: 9 } },
    said: { reason: expect.stringContaining('2 tickets were missed.') as string, slept: true },
  },
  {
    run: { ...facts, state: 'paused', cause: { code: 'store-away', error: 'It is away.' } },
    said: { reason: expect.stringMatching(/^It waits for the store.* It is away\.$/) as string, waits: true },
  },
  {
    run: { ...facts, state: 'broken' },
    said: { reason: 'The program that worked on it ended. Resume it to go on.' },
  },
  { run: { ...facts, state: 'done' }, said: { by: null, reason: null } },
]

test.each(runs)('a run that is $run.state is answered and told as version 1 had it', ({ run, said }) => {
  const answers = {
    'runs.get': run,
    'runs.current': run,
    'runs.list': { runs: [run], more: false },
  } as const
  for (const name of ['runs.get', 'runs.current', 'runs.list'] as const) {
    expect(() => former.sent(name, answers[name])).toThrow('the answer 200') // untranslated it is not understood
    former.result(name, answers[name])
  }
  former.event('run.changed', run)
  expect(resultFor(FORMER_VERSION, 'runs.get', run)).toMatchObject(said)
  expect(eventFor(FORMER_VERSION, 'run.changed', run)).toMatchObject(said)
  expect(resultFor(FORMER_VERSION, 'runs.current', null)).toBeNull()
})

test('who speaks this version gets all as it is', () => {
  for (const { run } of runs) {
    expect(resultFor(CONTRACT_VERSION, 'runs.get', run)).toBe(run)
    expect(eventFor(CONTRACT_VERSION, 'run.changed', run)).toBe(run)
  }
})

test.each(FORMER_CALLS)('the call $name is there still, and takes what it took', ({ name, example }) => {
  expect(isMethod(name) && Check(methods[name].params, example)).toBe(true)
})
