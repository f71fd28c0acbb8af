import { describe, expect, test } from 'vitest'
import type { FoundTicket } from '../jira/jira.ts'
import type { Slot } from '../store/ledger/ledger.ts'
import { createTakenKeys, walkKeys, type TakenKeys } from './key-walk.ts'
import { createKnownKeys } from './known-keys.ts'
import { runLabel } from './marks.ts'

const RUN_ID = 'abcdefgh'
const NEVER = new AbortController().signal

/** What a project has at a number: a ticket of the run's slot, one of somebody else, or one that moved on. */
type There = { readonly slot?: number; readonly movedTo?: string; readonly label?: boolean }

interface Project {
  readonly there: ReadonlyMap<number, There>
  /** The largest number that the index shows. */
  readonly indexed?: number
  readonly shows?: (number: number) => boolean
}

function ticketAt(number: number, { slot, movedTo, label = slot !== undefined }: There): FoundTicket {
  return {
    id: `id-${number}`,
    key: movedTo ?? `TPM-${number}`,
    projectKey: 'TPM',
    title: '',
    priorityId: '1',
    priorityName: 'High',
    status: 'To Do',
    createdMs: 1,
    updatedMs: 1,
    labels: label ? [runLabel(RUN_ID)] : [],
    property: slot === undefined ? undefined : { run: RUN_ID, slot },
  }
}

function jiraOf({ there, indexed = 0, shows = () => true }: Project) {
  const asked: number[][] = []
  return {
    asked,
    async byIds(keys: readonly string[]) {
      const numbers = keys.map((key) => Number(key.split('-')[1]))
      asked.push(numbers)
      return numbers.flatMap((number) => {
        const at = there.get(number)
        return at === undefined || !shows(number) ? [] : [ticketAt(number, at)]
      })
    },
    async search() {
      const tickets = indexed === 0 ? [] : [ticketAt(indexed, there.get(indexed) ?? {})]
      return { tickets, nextPageToken: null, siteMs: 0, accountId: null }
    },
  }
}

function walk(
  project: Project,
  {
    after = 0,
    known = [],
    maxKeys = 10_000,
    taken = createTakenKeys(),
  }: { after?: number; known?: readonly number[]; maxKeys?: number; taken?: TakenKeys },
) {
  const jira = jiraOf(project)
  const slots = known.map((number, slot) => ({
    slot,
    issueId: `id-${number}`,
    issueKey: `TPM-${number}`,
    removedMs: null,
  })) as unknown as Slot[]
  const keys = createKnownKeys(slots)
  return {
    jira,
    walked: walkKeys('TPM', after, taken, { jira, runId: RUN_ID, known: keys, maxKeys, signal: NEVER }),
  }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)
const others = (numbers: readonly number[]): [number, There][] => numbers.map((number) => [number, {}])

describe('a walk along the keys', () => {
  test('finds the run’s ticket between other people’s, and behind holes that failed creates left', async () => {
    const there = new Map<number, There>([
      ...others(range(1, 30)),
      [40, { slot: 0 }],
      ...others(range(41, 60)),
      [61, { slot: 7 }],
    ])
    const { walked } = walk({ there }, { after: 30, known: [40] })
    const { found, gap } = await walked
    expect(gap).toBeNull()
    expect([...found.keys()]).toEqual([7])
  })

  test('is sure where the ticket is not there, and reads no key that is known', async () => {
    const there = new Map<number, There>(range(1, 500).map((number) => [number, { slot: number }]))
    const { walked, jira } = walk({ there }, { known: range(1, 500) })
    expect(await walked).toEqual({ found: new Map(), gap: null })
    // Five witnesses, and a hundred keys that do not exist.
    expect(jira.asked.map(({ length }) => length)).toEqual([5, 100])
  })

  test('goes on to the last ticket that is known, by the run or by the index, whatever hole is before it', async () => {
    const there = new Map<number, There>([
      [10, { slot: 0 }],
      [161, { slot: 7 }],
      [900, {}],
    ])
    expect([...(await walk({ there }, { known: [10] }).walked).found.keys()]).toEqual([])
    expect([...(await walk({ there, indexed: 900 }, { known: [10] }).walked).found.keys()]).toEqual([7])
    there.set(900, { slot: 1 })
    expect([...(await walk({ there }, { known: [10, 900] }).walked).found.keys()]).toEqual([7])
  })

  test('knows a ticket by its mark, also where it moved to another project meanwhile', async () => {
    const there = new Map<number, There>([
      [1, { slot: 0 }],
      [90, { slot: 7, movedTo: 'OPS-3' }],
      [180, { slot: 8 }],
    ])
    const { found, gap } = await walk({ there }, { known: [1] }).walked
    expect(gap).toBeNull()
    expect([...found.keys()]).toEqual([7, 8])
  })

  test('does not read other people’s tickets twice', async () => {
    const taken = createTakenKeys()
    const there = new Map<number, There>([...others(range(1, 300)), [301, { slot: 0 }]])
    await walk({ there }, { known: [301], taken }).walked
    const { jira, walked } = walk({ there }, { known: [301], taken })
    await walked
    expect(jira.asked.flat()).toEqual([301, ...range(302, 401)])
  })
})

describe('a walk is not sure', () => {
  const there = new Map<number, There>([...others(range(1, 400)), [401, { slot: 0 }]])

  test('where the run has no ticket yet that tells how far the keys go', async () => {
    expect(await walk({ there }, {}).walked).toMatchObject({ gap: 'no-witness' })
  })

  test('where the project does not show what the run surely made', async () => {
    expect(await walk({ there, shows: (number) => number !== 401 }, { known: [401] }).walked).toMatchObject({
      gap: 'hidden',
    })
  })

  test('where there are more keys than may be read, as on Data Center', async () => {
    expect(await walk({ there }, { known: [401], maxKeys: 300 }).walked).toMatchObject({ gap: 'too-many' })
    const near = await walk({ there }, { known: [401], maxKeys: 300, after: 250 }).walked
    expect(near.gap).toBeNull()
  })

  test('where a ticket has the run’s label and not its mark', async () => {
    const marked = new Map<number, There>([...there, [350, { label: true }]])
    expect(await walk({ there: marked }, { known: [401] }).walked).toMatchObject({ gap: 'unmarked' })
  })
})
