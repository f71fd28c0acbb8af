import type { createIssue } from 'jira.js/cloud'
import { adfDocument } from './adf.ts'
import type { NewTicket } from './jira.ts'

/** The body of Cloud's `POST issue`. Where another field than the priority is watched, the priority is left to its default. */
export function newIssue(ticket: NewTicket, watchedField: string): Parameters<typeof createIssue>[1] {
  return {
    fields: {
      project: { key: ticket.projectKey },
      issuetype: { id: ticket.issueTypeId },
      ...(ticket.priorityId === '' ? {} : { [watchedField]: { id: ticket.priorityId } }),
      summary: ticket.title,
      description: adfDocument(ticket.paragraphs),
      labels: [...ticket.labels],
    },
    properties: ticket.properties.map(({ key, value }) => ({ key, value })),
  }
}
