import type { FoundTicket, Jira } from '../jira/jira.ts'
import { readKey, type KnownKeys } from './known-keys.ts'
import { markedSlot, runLabel, SLOT_PROPERTY } from './marks.ts'

/** What reading the keys of a project brought. */
interface KeyWalk {
  /** The run's tickets among them, by slot. */
  readonly found: ReadonlyMap<number, FoundTicket>
  /** Null where every ticket of the run that existed when the walk began was seen; else why that is not sure. */
  readonly gap: WalkGap | null
}

/**
 * `no-witness`: no ticket of the run is known in the project yet, so it is not known how far its keys go. `hidden`: the
 * project does not show a ticket that the run surely made. `too-many`: there are more keys than are read. `unmarked`: a
 * ticket has the run's label and not its mark.
 */
export type WalkGap = 'no-witness' | 'hidden' | 'too-many' | 'unmarked'

interface KeyWalkParts {
  readonly jira: Pick<Jira, 'byIds' | 'search'>
  readonly runId: string
  readonly known: KnownKeys
  /** The most keys that one walk reads. */
  readonly maxKeys: number
  readonly signal: AbortSignal
}

/** Keys in a row that do not exist, after the last ticket that is known: there the walk ends. */
const EMPTY_KEYS = 100

const KEY_BATCH_SIZE = 100

export type TakenKeys = ReturnType<typeof createTakenKeys>

/** Keys that are other people's tickets, and always will be: they are not read again. */
export function createTakenKeys() {
  const numbers = new Set<number>()
  let largest = 0
  return {
    has: (number: number): boolean => numbers.has(number),
    add(number: number) {
      numbers.add(number)
      largest = Math.max(largest, number)
    },
    largest: (): number => largest,
  }
}

/**
 * Reads the tickets of a project by their keys, past the search index, from the number after `after` up to the last one
 * that is known in any way, and on to `EMPTY_KEYS` in a row that do not exist. Keys are given out in sequence, so no later ticket has a smaller one. Throws
 * what Jira throws.
 */
export async function walkKeys(
  projectKey: string,
  after: number,
  taken: TakenKeys,
  parts: KeyWalkParts,
): Promise<KeyWalk> {
  const { jira, known, maxKeys, signal } = parts
  const witnesses = known.newest(projectKey)
  if (witnesses.length === 0) return { found: new Map(), gap: 'no-witness' }
  const read = (numbers: readonly number[]): Promise<FoundTicket[]> => {
    const keys = numbers.map((number) => `${projectKey}-${number}`)
    return jira.byIds(keys, signal, SLOT_PROPERTY)
  }
  const shown = await read(witnesses.map(({ number }) => number))
  const newest = await newestShown(projectKey, parts)
  const isShown = witnesses.some(({ id }) => shown.some((ticket) => ticket.id === id))

  const seen = createSeen(projectKey, taken, parts)
  let number = after
  let asked = 0
  const nextNumbers = (): number[] => {
    const reach = Math.max(known.largest(projectKey), taken.largest(), newest)
    const empty = seen.emptyAfter(reach)
    const numbers: number[] = []
    const isEnough = (): boolean =>
      number >= reach && empty + numbers.filter((one) => one > reach).length >= EMPTY_KEYS
    while (numbers.length < KEY_BATCH_SIZE && !isEnough()) {
      number++
      if (!known.has(projectKey, number) && !taken.has(number)) numbers.push(number)
    }
    return numbers
  }
  for (let numbers = nextNumbers(); numbers.length > 0; numbers = nextNumbers()) {
    asked += numbers.length
    if (asked > maxKeys) return { found: seen.found, gap: 'too-many' }
    seen.note(numbers, await read(numbers))
  }
  if (!isShown) return { found: seen.found, gap: 'hidden' }
  return { found: seen.found, gap: seen.hasUnmarked() ? 'unmarked' : null }
}

/** The largest number that the project's search shows, 0 where it shows none. It lags: there may be larger ones. */
async function newestShown(projectKey: string, { jira, signal }: KeyWalkParts): Promise<number> {
  const { tickets } = await jira.search(
    {
      jql: `project = "${projectKey}" ORDER BY key DESC`,
      pageToken: null,
      pageSize: 1,
      reconcileIds: [],
      property: null,
    },
    signal,
  )
  const key = readKey(tickets[0]?.key ?? '')
  return key?.projectKey === projectKey ? key.number : 0
}

function createSeen(projectKey: string, taken: TakenKeys, { runId }: Pick<KeyWalkParts, 'runId'>) {
  const found = new Map<number, FoundTicket>()
  let unmarked = false
  let lastThere = 0
  let lastAsked: readonly number[] = []
  return {
    found,
    note(numbers: readonly number[], tickets: readonly FoundTicket[]) {
      lastAsked = [...lastAsked, ...numbers].slice(-EMPTY_KEYS)
      for (const ticket of tickets) {
        const slot = markedSlot(ticket.property, runId)
        const isOurs = ticket.labels.includes(runLabel(runId))
        if (slot !== null) found.set(slot, ticket)
        else if (isOurs) unmarked = true
        const key = readKey(ticket.key)
        const isHere = key?.projectKey === projectKey && numbers.includes(key.number)
        // A ticket that moved on answers to its old key with its new one: which of those asked for is not known.
        lastThere = Math.max(lastThere, isHere ? key.number : (numbers.at(-1) ?? 0))
        if (isHere && slot === null && !isOurs) taken.add(key.number)
      }
    },
    /** How many of the last keys asked for, in a row, are greater than `number` and do not exist. */
    emptyAfter: (number: number): number =>
      lastAsked.filter((one) => one > Math.max(number, lastThere)).length,
    hasUnmarked: (): boolean => unmarked,
  }
}

interface Waiting {
  after: number
  readonly walk: Promise<KeyWalk>
}

/** One walk at a time in each project, shared by all slots that are in doubt. */
export function createKeyWalker(parts: KeyWalkParts) {
  const running = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Waiting>()
  const taken = new Map<string, TakenKeys>()
  const takenOf = (projectKey: string): TakenKeys => {
    const keys = taken.get(projectKey) ?? createTakenKeys()
    taken.set(projectKey, keys)
    return keys
  }
  const begin = async (projectKey: string): Promise<KeyWalk> => {
    await running.get(projectKey)?.catch(() => {})
    const after = waiting.get(projectKey)?.after ?? 0
    waiting.delete(projectKey)
    const walk = walkKeys(projectKey, after, takenOf(projectKey), parts)
    running.set(projectKey, walk)
    return walk
  }
  return {
    /**
     * Looks at the tickets of a project whose keys are greater than `after`, in a walk that begins after this call. Who
     * asks while none has begun shares the next one. Throws what Jira throws.
     */
    walk(projectKey: string, after: number): Promise<KeyWalk> {
      const next = waiting.get(projectKey)
      if (next !== undefined) {
        next.after = Math.min(next.after, after)
        return next.walk
      }
      // Its first lines run at once, so that it is known before anyone else asks.
      const opened: Waiting = { after, walk: Promise.resolve().then(() => begin(projectKey)) }
      waiting.set(projectKey, opened)
      return opened.walk
    },
  }
}
