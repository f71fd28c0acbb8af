import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseJiraStamp } from '../../jira/issue.ts'
import type { ReceivedHook } from '../../store/hooks.ts'

/** What of a webhook's body is looked at: of the ticket its id and when it was changed. */
const Body = Type.Object({
  webhookEvent: Type.String(),
  timestamp: Type.Optional(Type.Integer({ minimum: 0 })),
  issue: Type.Optional(
    Type.Object({
      id: Type.String({ pattern: '^[0-9]{1,18}$' }),
      self: Type.String({ maxLength: 2_000 }),
      fields: Type.Optional(Type.Object({ updated: Type.Optional(Type.Unknown()) })),
    }),
  ),
})

const body = Compile(Body)

const OF_TICKETS = /^jira:issue_(?:created|updated|deleted)$/

const MAX_NAME = 128

/**
 * A ticket may be changed and deleted within one second, and Jira writes the change in whole ones: so much later, a deletion is later
 * than any change of which an index tells.
 */
const WHOLE_SECOND_MS = 1_000

/** The signature that a request claims; null where it has none of the one kind that is taken. */
export function claimedSignature(headers: IncomingHttpHeaders): string | null {
  const header = headers['x-hub-signature']
  // The method is in the value, not in the header's name.
  return typeof header === 'string' ? (/^sha256=([0-9a-f]{64})$/i.exec(header)?.[1] ?? null) : null
}

/** Whether a body was signed with the secret: in constant time. */
export function isSigned(secret: string, raw: Buffer, claimed: string): boolean {
  return timingSafeEqual(createHmac('sha256', secret).update(raw).digest(), Buffer.from(claimed, 'hex'))
}

/**
 * `self`: where its ticket says it is; `saidMs`: when Jira says it was said; `changedMs`: when what it tells of happened. Site epoch
 * ms.
 */
export interface ReadHook extends Omit<ReceivedHook, 'lateMs'> {
  readonly self: string
  readonly saidMs: number | null
  readonly changedMs: number
}

/** Reads a signed body. `other`: it tells of something else than a ticket; null: it is none of a webhook. */
export function readHook(
  raw: Buffer,
  headers: IncomingHttpHeaders,
  siteMs: number,
): ReadHook | 'other' | null {
  const given = parsed(raw)
  if (!body.Check(given)) return null
  const { webhookEvent, timestamp = null, issue } = given
  if (!OF_TICKETS.test(webhookEvent)) return 'other'
  if (issue === undefined) return null
  const digest = createHash('sha256').update(raw).digest('base64url')
  const { updated } = issue.fields ?? {}
  const stampMs = typeof updated === 'string' ? parseJiraStamp(updated) : Number.NaN
  const isDeleted = webhookEvent.endsWith('deleted')
  // A ticket that is deleted is not changed by that.
  const changedMs = isDeleted || Number.isNaN(stampMs) ? (timestamp ?? siteMs) : stampMs
  return {
    delivery: nameOf(headers) ?? digest,
    digest,
    issueId: issue.id,
    self: issue.self,
    updatedMs: isDeleted ? changedMs + WHOLE_SECOND_MS : changedMs,
    saidMs: timestamp,
    changedMs,
  }
}

/** Jira's own name for it, where it is a name at all: a Data Center gives none. */
function nameOf(headers: IncomingHttpHeaders): string | null {
  const name = headers['x-atlassian-webhook-identifier']
  return typeof name === 'string' && name !== '' && name.length <= MAX_NAME ? name : null
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return null
  }
}
