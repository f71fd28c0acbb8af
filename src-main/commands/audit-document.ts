import type { AuditResult } from '../../src-shared/contract/models.ts'
import { startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { auditVerdict } from '../../src-shared/domain/audit-verdict.ts'
import { isoInstant } from './instants.ts'

/** What `audit --json` prints: everything that was found. */
export function auditDocument(audit: AuditResult): Record<string, unknown> {
  const { run, fromMs, toMs, minutes, lateness, ok } = audit
  const { missing, moreMissing, extra, moreExtra, kinds } = audit
  const { planned, created, watched, others, indexed, fetched, charted } = audit
  return {
    run,
    planned,
    created,
    watched,
    indexed,
    fetched,
    charted,
    missing: missing.map((one) => ({ ...one, minute: iso(one.minute) })),
    moreMissing,
    extra: extra.map((one) => ({ ...one, minute: iso(one.minute) })),
    moreExtra,
    kinds,
    ok,
    verdict: auditVerdict(audit),
    from: isoInstant(fromMs),
    to: isoInstant(toMs),
    others,
    lateness,
    minutes: minutes.map((minute) => ({ ...minute, minute: iso(minute.minute) })),
  }
}

function iso(minute: Minute): string {
  return isoInstant(startOfMinute(minute))
}
