import { PAST_PROJECTS } from '../catalog.ts'
import { dropMeta, readMeta, writeMeta } from '../database/meta.ts'
import type { SandboxSite } from '../site.ts'
import { evenArrivals, workingWeeks, type Arrivals } from './arrivals.ts'
import { drawPastIssues, drawProjects, type PastProject } from './past-issues.ts'

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

/** A past that is not whole yet, as it is kept. Ids, and numbers in each project, are in the order of creation. */
interface OpenPast {
  readonly plan: PastPlan
  readonly endMs: number
  readonly utcOffsetMs: number
  readonly firstId: number
  readonly projects: readonly (PastProject & { readonly lastNumber: number })[]
  /** How many tickets are to be written; they are the oldest. */
  readonly left: number
}

const DONE = { write: () => {}, isDone: () => true, reachedMs: () => -Infinity }

/** Writes what is left of a site's past, the newest first. */
function openWriter(site: SandboxSite, plan: PastPlan) {
  const { db, issues } = site
  const kept = readMeta(db, 'past_left')
  const begun = kept === undefined ? begin(site, plan) : (JSON.parse(kept) as OpenPast)
  if (begun === null) return DONE
  const { firstId, projects, endMs } = begun
  const { instants, isOutage } = arrivalsOf(begun)
  const hasSeverity = site.settings().severity !== 'none'
  const drawProject = drawProjects(begun.plan.seed, projects)
  const draw = drawPastIssues({ seed: begun.plan.seed, hasSeverity })
  const numbers = new Map(projects.map(({ key, lastNumber }) => [key, lastNumber]))
  const nextIssue = (n: number) => {
    const createdMs = instants[n] ?? endMs
    const moment = { isOutage: isOutage(createdMs), ageMs: endMs - createdMs }
    const projectKey = drawProject(moment.isOutage)
    const number = numbers.get(projectKey) ?? 0
    numbers.set(projectKey, number - 1)
    return { ...draw(moment), createdMs, id: firstId + n, projectKey, number }
  }
  // What an earlier start wrote is drawn again, so that the rest is the same as if there had been one start.
  for (let n = instants.length - 1; n >= begun.left; n--) nextIssue(n)
  let { left } = begun

  const write = db.transaction((count: number): void => {
    const until = Math.max(0, left - count)
    issues.addPast(Array.from({ length: left - until }, (_, k) => nextIssue(left - 1 - k)))
    if (until === 0) dropMeta(db, 'past_left')
    else writeMeta(db, 'past_left', JSON.stringify({ ...begun, left: until }))
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
  const [first] = site.settings().projects
  if (readMeta(db, 'history') !== undefined) return null
  return db.transaction(() => {
    writeMeta(db, 'history', JSON.stringify(plan))
    const endMs = Math.floor(site.clock.now() / MS_PER_MINUTE) * MS_PER_MINUTE
    const utcOffsetMs = -new Date(endMs).getTimezoneOffset() * MS_PER_MINUTE
    const arrivals = arrivalsOf({ plan, endMs, utcOffsetMs })
    const left = arrivals.instants.length
    if (left === 0 || first === undefined) return null
    const projects = reserveNumbers(site, arrivals, plan, first)
    return { plan, endMs, utcOffsetMs, projects, left, firstId: issues.reserveIds(left) }
  })()
}

/** The projects of a past, with the last number in each. Only those of weeks are in more than the site's first one. */
function reserveNumbers(
  { everything: { projects } }: SandboxSite,
  { instants, isOutage }: Arrivals,
  { seed, historyWeeks }: PastPlan,
  first: { readonly key: string; readonly name: string },
): OpenPast['projects'] {
  const others = historyWeeks === 0 ? [] : PAST_PROJECTS.filter(({ key }) => key !== first.key)
  projects.ensure(others.map(({ key, name }) => ({ key, name })))
  const shared = [...others, { ...first, share: 1, shareOfOutage: 1 }]
  const drawProject = drawProjects(seed, shared)
  const counts = new Map<string, number>()
  for (const createdMs of instants.toReversed()) {
    const key = drawProject(isOutage(createdMs))
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return shared.map(({ key, share, shareOfOutage }) => {
    const count = counts.get(key) ?? 0
    const lastNumber = projects.takeNumbers(key, count) + count - 1
    return { key, share, shareOfOutage, lastNumber }
  })
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
