/** A ticket as the store keeps it. Ids are text, as in Jira; times are epoch ms of Jira's own stamps. */
export interface Ticket {
  readonly id: string
  readonly key: string
  readonly projectKey: string
  readonly title: string
  readonly priorityId: string
  readonly priorityName: string
  readonly status: string
  readonly createdMs: number
  readonly updatedMs: number
}

/** Why a ticket that was watched is no longer counted. */
export type LeaveReason = 'lowered' | 'deleted' | 'moved'

export interface Priority {
  readonly id: string
  readonly name: string
}
