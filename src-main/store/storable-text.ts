import type { Ticket } from '../../src-shared/domain/ticket.ts'

/** PostgreSQL takes no NUL, and half a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Surrogate}]/u
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu')

/**
 * A text as both engines can keep it. What they cannot becomes U+FFFD, as a text decoder would have it, so that no title
 * keeps its page from being stored, and a page that is read again is found to be the same.
 */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(ALL_UNSTORABLE, '\u{FFFD}') : text
}

/** The ticket with storable texts: itself where they are, as nearly always. */
export function storableTicket(ticket: Ticket): Ticket {
  const { id, key, projectKey, title, priorityId, priorityName, status } = ticket
  const texts = [id, key, projectKey, title, priorityId, priorityName, status]
  if (!texts.some((text) => UNSTORABLE.test(text))) return ticket
  return {
    ...ticket,
    id: storableText(id),
    key: storableText(key),
    projectKey: storableText(projectKey),
    title: storableText(title),
    priorityId: storableText(priorityId),
    priorityName: storableText(priorityName),
    status: storableText(status),
  }
}
