import { hostname } from 'node:os'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { type SinceFailure } from '../../src-shared/contract/schema.ts'
import { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { paced } from '../runtime/async.ts'
import { leadLease } from './sync-lease.ts'
import type { SyncOptions } from './sync.ts'

/** A change is reported at once, several in a row about once a second. */
const REPORT_PACE = { burst: 2, everyMs: 1_000 }

/** A fetch that ends sooner is reported by its end alone. */
const LONG_FETCH_MS = 1_000

/** A report is read at once, a stream of them once a second. */
const READ_PACE = { burst: 2, everyMs: 1_000 }

/**
 * What the instance that fetches publishes to those that share its store. The clocks of two machines may be hours apart, so no
 * instant crosses over: times are written as how long ago, or ahead, they were when the report was written. Who receives a
 * report takes it for one that was written just now. A notification takes milliseconds; what is read without having
 * been notified (at the start, after an outage) is as old as a report gets, see `RETELL_MS`.
 */
const Report = Type.Object({
  /** The leases' name of the process that wrote it. */
  owner: Type.String(),
  /** Its machine's name, for the person. */
  host: Type.String(),
  /** Whether its machine does not reach Jira, so that one that does may take the lead from it. */
  isCutOff: Type.Optional(Type.Boolean()),
  /** What the site's own clock showed, epoch ms. */
  siteMs: Type.Number(),
  status: Type.Interface(
    [Type.Omit(SyncStatus, ['by', 'cutOff', 'known', 'lastSuccessMs', 'nextMs', 'failure'])],
    {
      /** A program of an earlier version does not know. */
      known: Type.Optional(SyncStatus.properties.known),
    },
  ),
  lastSuccessAgoMs: Type.Union([Type.Number(), Type.Null()]),
  nextInMs: Type.Union([Type.Number(), Type.Null()]),
  failure: Type.Union([
    Type.Object({
      sinceAgoMs: Type.Number(),
      code: Type.String(),
      message: Type.String(),
      /** A program of an earlier version writes all of it as `message`. */
      what: Type.Optional(Type.String()),
      consequence: Type.Optional(Type.String()),
      hint: Type.String(),
    }),
    Type.Null(),
  ]),
})

type Report = Static<typeof Report>

/** A report that does not change is written again after so long: what is read is never older, while its writer lives. */
const REPORT_EVERY_MS = 5_000

export interface ReceivedReport {
  readonly owner: string
  readonly isCutOff: boolean
  readonly siteMs: number
  /** In times of the machine that receives it. */
  readonly status: SyncStatus
}

/** Puts a status into a report's text; `nowMs` is the machine's clock, `siteMs` the site's. */
export function writeReport(
  stated: SyncStatus,
  { owner, host, isCutOff = false }: Pick<Report, 'owner' | 'host' | 'isCutOff'>,
  { nowMs, siteMs }: { readonly nowMs: number; readonly siteMs: number },
): string {
  const { state, lastInserted, indexLagMs, storedTickets, known, progress, hooks = null } = stated
  const { lastSuccessMs, nextMs, failure } = stated
  const report: Report = {
    owner,
    host,
    ...(isCutOff && { isCutOff }),
    siteMs,
    status: { state, lastInserted, indexLagMs, storedTickets, known, progress, hooks },
    lastSuccessAgoMs: lastSuccessMs === null ? null : nowMs - lastSuccessMs,
    nextInMs: nextMs === null ? null : nextMs - nowMs,
    failure: failure === null ? null : ago(failure, nowMs),
  }
  return JSON.stringify(report)
}

function ago({ sinceMs, ...failure }: SinceFailure, nowMs: number): Report['failure'] {
  return { sinceAgoMs: nowMs - sinceMs, ...failure }
}

/** Reads a report that was just written; null where it is that of a program that writes other things than this one. */
export function readReport(text: string, nowMs: number): ReceivedReport | null {
  const report = parsed(text)
  if (!Check(Report, report)) return null
  const { owner, host, isCutOff = false, siteMs, status, lastSuccessAgoMs, nextInMs, failure } = report
  const timeOf = (ms: number): number => Math.max(0, Math.round(nowMs + ms))
  return {
    owner,
    isCutOff,
    siteMs,
    status: {
      ...status,
      known: status.known ?? [],
      lastSuccessMs: lastSuccessAgoMs === null ? null : timeOf(-lastSuccessAgoMs),
      nextMs: nextInMs === null ? null : timeOf(nextInMs),
      failure: failure === null ? null : since(failure, timeOf(-failure.sinceAgoMs)),
      by: host,
    },
  }
}

function since(failure: NonNullable<Report['failure']>, sinceMs: number): SinceFailure {
  const { code, message, what = message, consequence = '', hint } = failure
  return { sinceMs, code, message, what, consequence, hint }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

interface ReportListener {
  /** Gets each new report. `isFresh`: it was read as it was written, and not only read later. */
  readonly onReport: (report: ReceivedReport, isFresh: boolean) => void
  /** Something was committed, a report or not: the leader may be another by now. */
  readonly onCommitted: () => void
  /** The store cannot be read. */
  readonly onTrouble: (error: unknown) => void
}

export type ReportSubscription = ReturnType<typeof followReports>

/** Follows the reports of the instance that fetches. */
export function followReports(
  { store, siteId, clock }: Pick<SyncOptions, 'store' | 'siteId' | 'clock'>,
  scopeName: string,
  { onReport, onCommitted, onTrouble }: ReportListener,
) {
  const stopping = new AbortController()
  const { signal } = stopping
  let believed: string | null = null
  /** The last text that was read of whom is believed; null where none was. */
  let lastText: string | null = null

  const read = async (): Promise<void> => {
    const asked = believed
    if (asked === null) return
    try {
      const text = await store.syncReport(siteId, scopeName)
      if (signal.aborted || asked !== believed) return
      const report = text === null || text === lastText ? null : readReport(text, clock.now())
      if (report?.owner === asked) {
        const isFresh = lastText !== null
        lastText = text
        onReport(report, isFresh)
      }
      // A file's watcher reports several commits at once: the leader may have let go right after its last report.
      onCommitted()
    } catch (error) {
      lastText = null
      if (!signal.aborted) onTrouble(error)
    }
  }
  const readSoon = paced(read, READ_PACE, signal)
  const news = ['report', `lease ${leadLease(scopeName)}`] as const
  signal.addEventListener('abort', store.onCommit(siteId, news, readSoon), { once: true })

  return {
    /** Who is believed from now on, as the leases name it: its last report is read at once. Null: none. */
    follow(owner: string | null) {
      if (owner === believed) return
      believed = owner
      lastText = null
      if (owner !== null) readSoon()
    },
    /** Reads what is reported by now, whether or not anything was committed. */
    read: readSoon,
    stop: () => stopping.abort(),
  }
}

export type Reporting = ReturnType<typeof startReporting>

/** Reports to those who share the store how the fetching goes here. */
export function startReporting(options: SyncOptions, scopeName: string, first: SyncStatus) {
  const { store, siteId, owner, host = hostname(), clock, siteTime, log } = options
  const stopping = new AbortController()
  let toReport = first
  let isCutOff = false
  let isFetching = false
  let hasFailed = false
  let long: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined

  const write = async (): Promise<void> => {
    const text = writeReport(
      toReport,
      { owner, host, isCutOff },
      { nowMs: clock.now(), siteMs: siteTime.now() },
    )
    try {
      await store.setSyncReport(siteId, scopeName, text)
      hasFailed = false
    } catch (err) {
      // The fetches meet the same store, and show it to the person.
      if (!hasFailed) log.info({ err }, 'those who share the store do not get how the fetching goes')
      hasFailed = true
    }
    clearTimeout(again)
    if (!stopping.signal.aborted) again = setTimeout(report, REPORT_EVERY_MS)
  }
  const report = paced(write, REPORT_PACE, stopping.signal)
  const reportOf = (status: SyncStatus): void => {
    toReport = status
    report()
  }
  report()
  return {
    /** The status has changed. */
    changed(status: SyncStatus) {
      const began = status.state === 'fetching' && !isFetching
      isFetching = status.state === 'fetching'
      if (began) long = setTimeout(() => reportOf(status), LONG_FETCH_MS)
      if (!isFetching) clearTimeout(long)
      if (!isFetching || toReport.state === 'fetching') reportOf(status)
    },
    /** Whether another one may take the lead, because this one does not reach Jira. */
    cutOff(next: boolean) {
      if (next === isCutOff) return
      isCutOff = next
      report()
    },
    /** Nothing is reported after it. */
    stop() {
      stopping.abort()
      clearTimeout(long)
      clearTimeout(again)
    },
  }
}
