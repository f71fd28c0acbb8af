import type { NewTicket } from './jira.ts'

/**
 * The body of a create, the same for both kinds of Jira but for the form of its description. Where another field than
 * the priority is watched, the priority is left to its default.
 */
export function newIssue<D>(ticket: NewTicket, { watchedField, description }: Particulars<D>) {
  return {
    fields: {
      project: { key: ticket.projectKey },
      issuetype: { id: ticket.issueTypeId },
      ...(ticket.priorityId === '' ? {} : { [watchedField]: { id: ticket.priorityId } }),
      summary: ticket.title,
      description,
      labels: [...ticket.labels],
    },
    properties: ticket.properties.map(({ key, value }) => ({ key, value })),
  }
}

interface Particulars<D> {
  readonly watchedField: string
  readonly description: D
}
