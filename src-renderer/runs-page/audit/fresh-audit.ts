import type { Client } from '../../../src-shared/contract/client.ts'
import type { AuditResult } from '../../../src-shared/contract/models.ts'
import { toWireError } from '../../../src-shared/errors/app-error.ts'
import type { AuditTarget } from './audit-desk.ts'

/** An audit of what Jira has now. Throws an AppError where it could not be made. */
export async function freshAudit(client: Client, target: AuditTarget): Promise<AuditResult> {
  // What came since the last fetch is not lost, only not fetched yet. Where fetching fails the audit tells; but with a
  // token that Jira does not accept, one failed log-in is enough.
  await client.call('sync.now', {}).catch((error: unknown) => {
    if (toWireError(error).code === 'not-authenticated') throw error
  })
  return 'runId' in target
    ? await client.call('audit.run', { runId: target.runId })
    : await client.call('audit.span', target.span)
}
