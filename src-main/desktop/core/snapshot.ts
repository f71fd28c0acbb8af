import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { EventName, EventPayload } from '../../../src-shared/contract/events.ts'
import { methods, type MethodName } from '../../../src-shared/contract/methods.ts'
import type { CountsResult } from '../../../src-shared/contract/tickets.ts'
import { applyChange } from '../../../src-shared/domain/counts.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import type { Log } from '../../runtime/log.ts'
import { replaceJson } from '../../runtime/private-files.ts'

/** What a window begins with: the last answer of each says how it was. */
const WITHOUT_SPAN = [
  'session.get',
  'sync.status',
  'store.status',
  'runs.current',
  'views.list',
  'alerts.list',
] as const satisfies readonly MethodName[]
const LISTS = ['tickets.list', 'tickets.left', 'counts.outside'] as const satisfies readonly MethodName[]

/** Of counts minute by minute, and of the day's strip. */
const MAX_COUNTS = 4
const MAX_BYTES = 2 * 1_024 * 1_024
const WRITE_EVERY_MS = 30_000

const Counts = Type.Object({ bucketMinutes: Type.Integer(), counts: methods['counts.get'].result })
const Kept = Type.Object({
  atMs: Type.Integer(),
  answers: Type.Partial(
    Type.Object(
      Object.fromEntries([...WITHOUT_SPAN, ...LISTS].map((name) => [name, methods[name].result])) as {
        [M in (typeof WITHOUT_SPAN)[number] | (typeof LISTS)[number]]: (typeof methods)[M]['result']
      },
    ),
  ),
  counts: Type.Array(Counts, { maxItems: MAX_COUNTS }),
})
type Kept = Static<typeof Kept>

const NOTHING: Kept = { atMs: 0, answers: {}, counts: [] }

interface SnapshotParts {
  /** The workspace's folder. */
  readonly dataDir: string
  /** The server's address. */
  readonly url: string
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

export type Snapshot = ReturnType<typeof openSnapshot>

/**
 * What a window knew last of a team server, kept in the workspace for when that is away: of the span that goes on with the clock, as answers and
 * events brought it. Of another span it says what it knows, and that the rest is not known. It holds tickets and counts, never a token, and 2 MB at most.
 */
export function openSnapshot({ dataDir, url, now, log }: SnapshotParts) {
  const file = snapshotFile(dataDir, url)
  let kept = readKept(file)
  let writtenMs = 0
  let isChanged = false

  function put(part: Partial<Kept>): void {
    kept = { ...kept, ...part, atMs: now() }
    isChanged = true
    if (now() - writtenMs >= WRITE_EVERY_MS) write()
  }

  function write(): void {
    if (!isChanged) return
    writtenMs = now()
    isChanged = false
    try {
      const isTooLarge = JSON.stringify(kept).length > MAX_BYTES
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      // Without its tickets it is a few kB.
      replaceJson(file, isTooLarge ? { ...kept, answers: withoutLists(kept.answers) } : kept)
    } catch (error) {
      log.warn({ err: error, file }, 'what is known of the team server was not kept')
    }
  }

  return {
    /** Of when it is, this machine's epoch ms; null where there is none. */
    atMs: (): number | null => (kept.atMs === 0 ? null : kept.atMs),
    /** An answer of the server. */
    take(method: MethodName, params: unknown, result: unknown): void {
      if (isOneOf(WITHOUT_SPAN, method) || (isOneOf(LISTS, method) && isWhole(params)))
        put({ answers: { ...kept.answers, [method]: result } })
      if (method === 'counts.get' && isWhole(params))
        put({ counts: withCounts(kept.counts, result as CountsResult) })
    },
    /** An event of the server: the counts go on with it. */
    hear(event: EventName, payload: unknown): void {
      // Another Jira is watched there: what is kept says nothing of it.
      if (event === 'session.changed') kept = NOTHING
      if (event === 'counts.changed') put(withChange(kept, payload as EventPayload<'counts.changed'>))
      if (event === 'sync.changed') put(withSync(kept, payload as EventPayload<'sync.changed'>))
    },
    /** What it says in the server's place; undefined where that is nothing. */
    answer(method: MethodName, params: unknown): unknown {
      if (isOneOf(WITHOUT_SPAN, method)) return kept.answers[method]
      if (!isWhole(params)) return undefined
      if (method === 'counts.get') return countsOf(kept.counts, params)
      if (method === 'counts.outside') return kept.answers[method]
      return isOneOf(LISTS, method) ? listOf(kept.answers[method], params) : undefined
    },
    /** Writes what came since the last time. While the server is connected that is all there is until now. */
    save(isConnected: boolean): void {
      if (isConnected && kept.atMs > 0) put({})
      write()
    },
  }
}

/** What is kept of a server goes with it. */
export function forgetSnapshot(dataDir: string, url: string): void {
  rmSync(snapshotFile(dataDir, url), { force: true })
}

function snapshotFile(dataDir: string, url: string): string {
  return path.join(dataDir, 'team', `${createHash('sha256').update(url).digest('hex').slice(0, 16)}.json`)
}

/** One that is missing, or of another edition, says nothing. */
function readKept(file: string): Kept {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Check(Kept, content) ? content : NOTHING
  } catch {
    return NOTHING
  }
}

function isOneOf<M extends MethodName>(names: readonly M[], method: MethodName): method is M {
  return (names as readonly MethodName[]).includes(method)
}

interface Asked extends TimeSpan {
  readonly bucketMinutes?: number
}

/** Whether a call asks for all tickets of a span, as instants. */
function isWhole(params: unknown): params is Asked {
  const { fromMs, filter, search, cursor, splitBy } = params as Record<string, unknown>
  return typeof fromMs === 'number' && [filter, search, cursor, splitBy].every((part) => part === undefined)
}

function withChange({ counts }: Kept, change: EventPayload<'counts.changed'>): Partial<Kept> {
  return {
    counts: counts.map((each) => {
      const next = applyChange(each.counts, change)
      return next === 'gap' ? each : { ...each, counts: next }
    }),
  }
}

function withSync({ answers, counts }: Kept, status: EventPayload<'sync.changed'>): Partial<Kept> {
  const { known } = status
  return {
    answers: { ...answers, 'sync.status': status },
    counts: counts.map((each) => ({ ...each, counts: { ...each.counts, known } })),
  }
}

function withCounts(kept: Kept['counts'], counts: CountsResult): Kept['counts'] {
  if (counts.startMinutes !== undefined) return kept
  const { bucketMinutes, toMinute } = counts
  const same = kept.find((each) => each.bucketMinutes === bucketMinutes)
  // A span that a person looked back at does not drive out the present.
  if (same !== undefined && same.counts.toMinute > toMinute) return kept
  return [{ bucketMinutes, counts }, ...kept.filter((each) => each !== same)].slice(0, MAX_COUNTS)
}

/** The counts of a span, as far as they are kept; what is not is not known. */
function countsOf(
  kept: Kept['counts'],
  { fromMs, toMs, bucketMinutes = 1 }: Asked,
): CountsResult | undefined {
  const counts = kept.find((each) => each.bucketMinutes === bucketMinutes)?.counts
  if (counts === undefined) return undefined
  const fromMinute = Math.floor(fromMs / MS_PER_MINUTE)
  const toMinute = Math.ceil(toMs / MS_PER_MINUTE)
  const by = (fromMinute - counts.fromMinute) / bucketMinutes
  // Of the time before, a window may still show what it read itself.
  if (!Number.isInteger(by) || by < 0) return undefined
  const buckets = Math.ceil((toMinute - fromMinute) / bucketMinutes)
  const moved = (line: readonly number[]): number[] =>
    Array.from({ length: buckets }, (_, b) => line[b + by] ?? 0)
  const [heldFromMs, heldToMs] = [counts.fromMinute * MS_PER_MINUTE, counts.toMinute * MS_PER_MINUTE]
  const known = counts.known
    .map((span) => ({ fromMs: Math.max(span.fromMs, heldFromMs), toMs: Math.min(span.toMs, heldToMs) }))
    .filter((span) => span.fromMs < span.toMs)
  return { ...counts, fromMinute, toMinute, counts: counts.counts.map(moved), known }
}

function listOf(list: Kept['answers'][(typeof LISTS)[number]], { fromMs, toMs }: TimeSpan): unknown {
  if (list === undefined || !('tickets' in list)) return undefined
  const tickets = list.tickets.filter(({ createdMs }) => createdMs >= fromMs && createdMs < toMs)
  return { ...list, tickets, more: false, cursor: null }
}

function withoutLists(answers: Kept['answers']): Kept['answers'] {
  const { 'tickets.list': _list, 'tickets.left': _left, ...rest } = answers
  return rest
}
