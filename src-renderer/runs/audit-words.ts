import type { AuditResult } from '../../src-shared/contract/models.ts'

/** Whether a run's tickets all arrived, as a sentence with the numbers that must be equal. */
export function auditWords(audit: AuditResult): string {
  const { planned, created, watched, indexed, fetched, charted, missing, extra } = audit
  if (audit.ok) {
    return `Nothing lost: ${planned} planned = ${created} created; ${watched} watched = ${indexed} indexed = ${fetched} fetched = ${charted} charted.`
  }
  const parts = [
    `${planned} planned, ${created} created; ${watched} watched, ${indexed} indexed, ${fetched} fetched, ${charted} charted.`,
  ]
  const first = missing[0]
  if (first)
    parts.push(`${missing.length} missing, first ${first.key ?? `slot ${first.slot}`}: ${first.reason}.`)
  if (extra.length > 0) parts.push(`${extra.length} too many, first ${extra[0]?.key}.`)
  return parts.join(' ')
}
