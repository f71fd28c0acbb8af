import { describe, expect, test } from 'vitest'
import { PRIORITY_FIELD, type Priority } from '../../src-shared/domain/ticket.ts'
import { refusedByJira } from './errors.ts'
import type { CreatableType, Jira } from './jira.ts'
import { chooseWatched, watchedValues } from './watched.ts'

const never = new AbortController().signal
const SEVERITY = { id: 'customfield_10050', name: 'Severity' }
const PRIORITY = { id: PRIORITY_FIELD, name: 'Priority' }

const named = (...names: string[]): Priority[] => names.map((name, i) => ({ id: String(i + 1), name }))

describe('of the values', () => {
  test('High and Highest are watched, in whatever case, in the site’s order', () => {
    expect(chooseWatched(named('HIGHEST', 'Medium', 'high', 'Highish'), [])).toEqual({
      watched: [
        { id: '1', name: 'HIGHEST' },
        { id: '3', name: 'high' },
      ],
      unknownIds: [],
    })
  })

  test('so is what Jira makes of them when it moves projects', () => {
    const values = named(
      'Highest',
      'High (migrated)',
      'HIGHEST (Migrated 2)',
      'High (customer)',
      'Low (migrated)',
    )
    expect(chooseWatched(values, []).watched.map(({ id }) => id)).toEqual(['1', '2', '3'])
  })

  test('names are taken where they are no ids, in whatever case', () => {
    const values = [...named('Blocker', 'High', '2'), { id: 'x', name: 'High (migrated)' }]
    expect(chooseWatched(values, ['high', '2', ' Nix'])).toEqual({
      watched: [{ id: '2', name: 'High' }],
      unknownIds: [' Nix'],
    })
    expect(chooseWatched(values, ['HIGH (migrated)']).watched).toEqual([{ id: 'x', name: 'High (migrated)' }])
  })

  test('those chosen by id are watched, by their name of today, and no others', () => {
    expect(chooseWatched(named('Blocker', 'Highest', 'P0'), ['3', '1', '77'])).toEqual({
      watched: [
        { id: '1', name: 'Blocker' },
        { id: '3', name: 'P0' },
      ],
      unknownIds: ['77'],
    })
  })
})

function screen(more: Partial<CreatableType>): CreatableType {
  return { id: '1', name: 'Task', subtask: false, priorities: [], selects: [], demands: [], ...more }
}

async function told<T>(value: T | null | undefined): Promise<T> {
  if (value === null || value === undefined) throw refusedByJira('jira.test', 403, 'no')
  return value
}

/** A Jira with these create screens by project, and these priorities of the site; null: it refuses to tell. */
function jiraWith({
  screens = {},
  priorities,
}: {
  screens?: Record<string, CreatableType[] | null>
  priorities: Priority[] | null
}): Pick<Jira, 'creatable' | 'priorities' | 'projects'> {
  return {
    creatable: (key) => told(screens[key]),
    priorities: () => told(priorities),
    projects: async () => Object.keys(screens).map((key) => ({ id: key, key, name: key })),
  }
}

const plain = { choice: { field: PRIORITY, ids: [] }, onUnknown: () => {} }

describe('what a project watches', () => {
  test('comes from its create screens, of all its types', async () => {
    const jira = jiraWith({
      screens: {
        A: [
          screen({ priorities: [{ id: '2', name: 'High' }] }),
          screen({
            priorities: [
              { id: '2', name: 'High' },
              { id: '9', name: 'Highest' },
            ],
          }),
        ],
      },
      priorities: named('Highest', 'High'),
    })
    expect((await watchedValues(jira, { ...plain, projectKey: 'A' }, never)).map(({ id }) => id)).toEqual([
      '2',
      '9',
    ])
  })

  test('comes from the site’s priorities where its screens do not have them or may not be seen', async () => {
    const priorities = named('Highest', 'High')
    const jira = jiraWith({ screens: { A: [screen({})], B: null }, priorities })
    expect(await watchedValues(jira, { ...plain, projectKey: 'A' }, never)).toEqual(priorities)
    expect(await watchedValues(jira, { ...plain, projectKey: 'B' }, never)).toEqual(priorities)
  })

  test('is a severity where that was chosen', async () => {
    const jira = jiraWith({
      screens: { A: [screen({ selects: [{ field: SEVERITY, values: named('S1', 'S2') }] })] },
      priorities: named('High'),
    })
    const choice = { field: SEVERITY, ids: ['1'] }
    expect(await watchedValues(jira, { ...plain, projectKey: 'A', choice }, never)).toEqual([
      { id: '1', name: 'S1' },
    ])
  })
})

describe('what all projects watch', () => {
  test('comes from the site’s priorities', async () => {
    const jira = jiraWith({ priorities: named('High') })
    expect(await watchedValues(jira, { ...plain, projectKey: null }, never)).toEqual(named('High'))
  })

  test('comes from the first project that tells, where the token may not read them or it is a severity', async () => {
    const selects = [{ field: SEVERITY, values: named('High') }]
    const jira = jiraWith({
      screens: { A: null, B: [screen({})], C: [screen({ priorities: named('Highest'), selects })] },
      priorities: null,
    })
    expect(await watchedValues(jira, { ...plain, projectKey: null }, never)).toEqual(named('Highest'))
    const choice = { field: SEVERITY, ids: [] }
    expect(await watchedValues(jira, { ...plain, projectKey: null, choice }, never)).toEqual(named('High'))
  })
})

test('ids that the site does not have any more are reported, and the rest is watched', async () => {
  const unknown: string[] = []
  const options = {
    projectKey: null,
    choice: { field: PRIORITY, ids: ['1', '77'] },
    onUnknown: (ids: readonly string[]) => void unknown.push(...ids),
  }
  expect(await watchedValues(jiraWith({ priorities: named('P0', 'P1') }), options, never)).toEqual(
    named('P0'),
  )
  expect(unknown).toEqual(['77'])
})

test.each([
  [[], 'no priority named High or Highest'],
  [['77'], 'None of the values chosen'],
])('with nothing to watch (ids %j) the person is told what there is', async (ids, problem) => {
  const jira = jiraWith({ priorities: named('Blocker', 'Critical') })
  const call = watchedValues(jira, { ...plain, projectKey: null, choice: { field: PRIORITY, ids } }, never)
  await expect(call).rejects.toMatchObject({
    code: 'not-configured',
    hint: expect.stringContaining('It has: Blocker, Critical.') as string,
  })
  await expect(call).rejects.toThrow(problem)
})
