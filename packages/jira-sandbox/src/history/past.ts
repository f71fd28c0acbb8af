import { dropMeta, readMeta, writeMeta } from '../database/meta.ts'
import type { ReservedKeys } from '../database/write-issues.ts'
import type { SandboxSite } from '../site.ts'
import { evenArrivals, workingWeeks, type Arrivals } from './arrivals.ts'
import { drawPastIssues } from './past-issues.ts'

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 3_600_000

/** How many tickets are written in one go: few milliseconds, after which requests have their turn. */
const CHUNK = 200

/** The past of a site that is started for the first time. */
export interface PastPlan {
  readonly historyTickets: number
  readonly historyHours: number
  /** Where it is not 0, so many weeks as a support desk has them, in place of the former two. */
  readonly historyWeeks: number
  readonly seed: number
}

export type Past = ReturnType<typeof startPast>

/**
 * Gives a site that is started for the first time its past, up to this minute: the newest hour at once, the rest behind
 * the requests, the newest first. A site that was ended meanwhile goes on with it. The same seed gives the same tickets
 * at the same distance from the minute of the start, and from its hour of the week.
 */
export function startPast(site: SandboxSite, plan: PastPlan, onBug: (error: unknown) => void) {
  const writer = openWriter(site, plan)
  let waiting: readonly { fromMs: number; settle: PromiseWithResolvers<void> }[] = []
  let next: NodeJS.Immediate | undefined
  let failure: Error | undefined

  const writeOn = (): void => {
    try {
      writer.write(CHUNK)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      for (const { settle } of waiting) settle.reject(failure)
      return onBug(failure)
    }
    const isThere = ({ fromMs }: { fromMs: number }): boolean => fromMs >= writer.reachedMs()
    for (const { settle } of waiting.filter(isThere)) settle.resolve()
    waiting = waiting.filter((one) => !isThere(one))
    next = writer.isDone() ? undefined : setImmediate(writeOn)
  }

  while (writer.reachedMs() > site.clock.now() - MS_PER_HOUR - MS_PER_MINUTE) writer.write(CHUNK)
  if (!writer.isDone()) next = setImmediate(writeOn)
  return {
    isWhole: (): boolean => writer.isDone(),
    /** Settles when all tickets that were created from `fromMs` (site epoch ms) on are there. Throws what kept them from it. */
    from(fromMs: number): Promise<void> {
      if (fromMs >= writer.reachedMs()) return Promise.resolve()
      if (failure !== undefined) return Promise.reject(failure)
      const settle = Promise.withResolvers<void>()
      waiting = [...waiting, { fromMs, settle }]
      return settle.promise
    },
    /** What is not there yet is written by the next start. */
    stop: () => clearImmediate(next),
  }
}

/** A past that is not whole yet, as it is kept. */
interface OpenPast extends ReservedKeys {
  readonly plan: PastPlan
  readonly endMs: number
  readonly utcOffsetMs: number
  readonly projectKey: string
  /** How many tickets are to be written; they are the oldest. */
  readonly left: number
}

const DONE = { write: () => {}, isDone: () => true, reachedMs: () => -Infinity }

/** Writes what is left of a site's past, the newest first. */
function openWriter(site: SandboxSite, plan: PastPlan) {
  const { db, issues } = site
  const kept = readMeta(db, 'history_left')
  const begun = kept === undefined ? begin(site, plan) : (JSON.parse(kept) as OpenPast)
  if (begun === null) return DONE
  const { projectKey, firstId, firstNumber } = begun
  const { instants, isOutage } = arrivalsOf(begun)
  const hasSeverity = site.settings().severity !== 'none'
  const draw = drawPastIssues({ projectKey, seed: begun.plan.seed, hasSeverity })
  const nextIssue = (n: number) => {
    const createdMs = instants[n] ?? begun.endMs
    return { ...draw(isOutage(createdMs)), createdMs, id: firstId + n, number: firstNumber + n }
  }
  // What an earlier start wrote is drawn again, so that the rest is the same as if there had been one start.
  for (let n = instants.length - 1; n >= begun.left; n--) nextIssue(n)
  let { left } = begun

  const write = db.transaction((count: number): void => {
    const until = Math.max(0, left - count)
    issues.addPast(Array.from({ length: left - until }, (_, k) => nextIssue(left - 1 - k)))
    if (until === 0) dropMeta(db, 'history_left')
    else writeMeta(db, 'history_left', JSON.stringify({ ...begun, left: until }))
    left = until
  })
  return {
    write: (count: number): void => write(count),
    isDone: () => left === 0,
    /** From this instant on nothing is missing. */
    reachedMs: () => (left === 0 ? -Infinity : (instants[left - 1] ?? 0) + 1),
  }
}

/** Null where the site has its past, or is to have none. */
function begin(site: SandboxSite, plan: PastPlan): OpenPast | null {
  const { db, issues } = site
  const [project] = site.settings().projects
  if (readMeta(db, 'history') !== undefined) return null
  return db.transaction(() => {
    writeMeta(db, 'history', JSON.stringify(plan))
    const endMs = Math.floor(site.clock.now() / MS_PER_MINUTE) * MS_PER_MINUTE
    const utcOffsetMs = -new Date(endMs).getTimezoneOffset() * MS_PER_MINUTE
    const left = arrivalsOf({ plan, endMs, utcOffsetMs }).instants.length
    if (left === 0 || project === undefined) return null
    const open = { plan, endMs, utcOffsetMs, projectKey: project.key, left }
    return { ...open, ...issues.reserveKeys(project.key, left) }
  })()
}

function arrivalsOf({
  plan,
  endMs,
  utcOffsetMs,
}: Pick<OpenPast, 'plan' | 'endMs' | 'utcOffsetMs'>): Arrivals {
  const { historyTickets: count, historyHours: hours, historyWeeks: weeks, seed } = plan
  return weeks > 0
    ? workingWeeks({ weeks, seed, endMs, utcOffsetMs })
    : evenArrivals({ count, hours, seed, endMs })
}
