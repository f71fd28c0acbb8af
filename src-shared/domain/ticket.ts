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

/**
 * Why a ticket that was watched is no longer counted: its priority was lowered; it was moved out of the watched project;
 * its project is no longer visible to the account; or it is gone from a project that is (deleted, or closed to us).
 */
export type LeaveReason = 'lowered' | 'deleted' | 'moved' | 'hidden'

/** A ticket that was watched and no longer is. `leftMs`: when it left, as far as Jira tells, else when we noticed. */
export interface LeftTicket extends Ticket {
  readonly leftMs: number
  readonly reason: LeaveReason
}

export interface Priority {
  readonly id: string
  readonly name: string
}

/** Jira's own priority field. */
export const PRIORITY_FIELD = 'priority'

/** The field whose value decides whether a ticket is watched: `priority`, or a select field such as `customfield_10050`. */
export interface WatchedField {
  readonly id: string
  readonly name: string
}
