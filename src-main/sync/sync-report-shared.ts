import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SyncStatus, type SinceFailure } from '../../src-shared/contract/models.ts'

/**
 * What the instance that fetches tells those who share its store. The clocks of two machines may be hours apart, so no
 * instant crosses over: times are told as how long ago, or ahead, they were when the report was written. Who hears a
 * report takes it for one that was written just now. A commit is heard within milliseconds; what is read without having
 * been heard (at the start, after an outage) is as old as a report gets, see `RETELL_MS`.
 */
const Report = Type.Object({
  /** The leases' name of the process that wrote it. */
  owner: Type.String(),
  /** Its machine's name, for the person. */
  host: Type.String(),
  /** What the site's own clock showed, epoch ms. */
  siteMs: Type.Number(),
  status: Type.Omit(SyncStatus, ['by', 'lastSuccessMs', 'nextMs', 'failure']),
  lastSuccessAgoMs: Type.Union([Type.Number(), Type.Null()]),
  nextInMs: Type.Union([Type.Number(), Type.Null()]),
  failure: Type.Union([
    Type.Object({
      sinceAgoMs: Type.Number(),
      code: Type.String(),
      message: Type.String(),
      hint: Type.String(),
    }),
    Type.Null(),
  ]),
})
type Report = Static<typeof Report>

/** A report that does not change is written again after so long: what is read is never older, while its writer lives. */
export const REPORT_EVERY_MS = 5_000

/** Who writes a report. */
export type Reporter = Pick<Report, 'owner' | 'host'>

export interface ReceivedReport {
  readonly owner: string
  readonly siteMs: number
  /** In times of the machine that hears it. */
  readonly status: SyncStatus
}

/** Puts a status into a report's text; `nowMs` is the machine's clock, `siteMs` the site's. */
export function writeReport(
  told: SyncStatus,
  { owner, host }: Reporter,
  { nowMs, siteMs }: { readonly nowMs: number; readonly siteMs: number },
): string {
  const { state, lastInserted, indexLagMs, storedTickets, progress, lastSuccessMs, nextMs, failure } = told
  const report: Report = {
    owner,
    host,
    siteMs,
    status: { state, lastInserted, indexLagMs, storedTickets, progress },
    lastSuccessAgoMs: lastSuccessMs === null ? null : nowMs - lastSuccessMs,
    nextInMs: nextMs === null ? null : nextMs - nowMs,
    failure: failure === null ? null : ago(failure, nowMs),
  }
  return JSON.stringify(report)
}

function ago({ sinceMs, code, message, hint }: SinceFailure, nowMs: number): Report['failure'] {
  return { sinceAgoMs: nowMs - sinceMs, code, message, hint }
}

/** Reads a report that was just written; null where it is that of a program that tells other things than this one. */
export function readReport(text: string, nowMs: number): ReceivedReport | null {
  const report = parsed(text)
  if (!Check(Report, report)) return null
  const { owner, host, siteMs, status, lastSuccessAgoMs, nextInMs, failure } = report
  const timeOf = (ms: number): number => Math.max(0, Math.round(nowMs + ms))
  return {
    owner,
    siteMs,
    status: {
      ...status,
      lastSuccessMs: lastSuccessAgoMs === null ? null : timeOf(-lastSuccessAgoMs),
      nextMs: nextInMs === null ? null : timeOf(nextInMs),
      failure: failure === null ? null : since(failure, timeOf(-failure.sinceAgoMs)),
      by: host,
    },
  }
}

function since({ code, message, hint }: NonNullable<Report['failure']>, sinceMs: number): SinceFailure {
  return { sinceMs, code, message, hint }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
