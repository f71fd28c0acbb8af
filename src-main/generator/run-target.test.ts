import { describe, expect, test } from 'vitest'
import type { CreatableType } from '../jira/jira.ts'
import { USUAL_FIELD } from './parts.ts'
import { chooseTarget, chooseTargets } from './planning/new-run.ts'
import { openBench, openOwnBench, sharedSandbox } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox({
  projects: [
    { key: 'OPS', name: 'Operations' },
    { key: 'TPM', name: 'Tickets per minute' },
  ],
})
const signal = AbortSignal.timeout(60_000)
const ASKED = { wantedKey: null, field: USUAL_FIELD }

describe('the targets of a run', () => {
  test('are the projects that are asked for, in that order, with what their tickets may be', async () => {
    const { jira } = await openBench(shared())
    const projects = { tpm: 2, OPS: 1 }
    const targets = await chooseTargets(jira, { ...ASKED, projects }, signal)
    expect(targets).toMatchObject([
      { projectKey: 'TPM', weight: 2 },
      { projectKey: 'OPS', weight: 1 },
    ])
    for (const { types, priorities, usualTypeId } of targets) {
      expect(types.map(({ name }) => name)).toEqual(['Task', 'Bug', 'Incident', 'Service request'])
      expect(types.find(({ id }) => id === usualTypeId)?.name).toBe('Bug')
      expect(priorities.map(({ name }) => name)).toEqual(['Highest', 'High', 'Medium', 'Low', 'Lowest'])
    }
  })

  test('are none of weight 0', async () => {
    const { jira } = await openBench(shared())
    const targets = await chooseTargets(jira, { ...ASKED, projects: { TPM: 0, OPS: 1 } }, signal)
    expect(targets.map(({ projectKey }) => projectKey)).toEqual(['OPS'])
  })

  test('is the one project that is named', async () => {
    const { jira } = await openBench(shared())
    expect(await chooseTargets(jira, { ...ASKED, wantedKey: 'ops' }, signal)).toMatchObject([
      { projectKey: 'OPS', weight: 1 },
    ])
    expect(await chooseTarget(jira, { ...ASKED, wantedKey: 'tpm' }, signal)).toMatchObject({
      projectKey: 'TPM',
    })
  })

  test.each([
    [{ projects: { TPM: 1, NIX: 1 } }, 'usage', 'The account has no project "NIX"', 'It has OPS, TPM'],
    [{ projects: { TPM: 0 } }, 'usage', 'No project has a weight above 0', 'OPS, TPM'],
    [{}, 'usage', 'The account sees several projects', 'OPS, TPM'],
    [{ wantedKey: 'NIX' }, 'usage', 'no project with the key NIX', 'OPS, TPM'],
    [
      { wantedKey: 'TPM', types: { Story: 1 } },
      'usage',
      'The project TPM has no issue type "Story"',
      'It has Task, Bug',
    ],
    [
      { wantedKey: 'TPM', types: { 'Sub-task': 1 } },
      'usage',
      'The project TPM has no issue type "Sub-task"',
      'It has Task, Bug',
    ],
  ])('are refused for %j', async (wrong, code, words, hint) => {
    const { jira } = await openBench(shared())
    await expect(chooseTargets(jira, { ...ASKED, ...wrong }, signal)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.stringContaining(hint),
    })
  })

  test('are refused where a type that is asked for demands what nobody fills in', async () => {
    const { jira } = await openOwnBench({ requiredField: true })
    await expect(chooseTargets(jira, { ...ASKED, types: { task: 1 } }, signal)).rejects.toMatchObject({
      code: 'jira-refused',
      message: expect.stringContaining('A new Task in TPM must have fields that Jira TPM does not fill in'),
    })
  })
})

/** The sandbox has one create screen for all types; elsewhere each type has its own. */
function jiraWith(types: readonly Partial<CreatableType>[]): Parameters<typeof chooseTargets>[0] {
  const usual = { subtask: false, priorities: [], selects: [], demands: [] }
  return {
    projects: async () => [{ id: '1', key: 'OPS', name: 'Operations' }],
    creatable: async () =>
      types.map((type, index) => ({ id: String(index), name: `T${index}`, ...usual, ...type })),
  }
}

describe('where each issue type has a create screen of its own', () => {
  const [high, low, p3] = ['High', 'Low', 'P3'].map((name) => ({ id: name, name }))
  const jira = jiraWith([
    { name: 'Incident', priorities: [high, low, p3].flatMap((of) => of ?? []) },
    { name: 'Alert', priorities: [p3, high].flatMap((of) => of ?? []) },
    { name: 'Question' },
  ])

  test('tickets may have the priorities that all types share which are asked for', async () => {
    const [target] = await chooseTargets(jira, { ...ASKED, types: { Incident: 1, alert: 2 } }, signal)
    expect(target?.priorities.map(({ name }) => name)).toEqual(['High', 'P3'])
    const [incidents] = await chooseTargets(jira, { ...ASKED, types: { Incident: 1, Alert: 0 } }, signal)
    expect(incidents?.priorities.map(({ name }) => name)).toEqual(['High', 'Low', 'P3'])
  })

  test('a type without the field is refused by its name', async () => {
    const asked = chooseTargets(jira, { ...ASKED, types: { Incident: 1, Question: 1 } }, signal)
    await expect(asked).rejects.toMatchObject({
      code: 'jira-refused',
      message: expect.stringContaining('Tickets of the type Question in OPS cannot be given a priority'),
    })
  })
})
