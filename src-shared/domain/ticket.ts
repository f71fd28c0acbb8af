import type { Static } from 'typebox'
import type { TicketView } from '../contract/tickets.ts'

/** A ticket as the store keeps it. Ids are text, as in Jira; times are epoch ms of Jira's own stamps. */
export type Ticket = Readonly<Static<typeof TicketView>>

/**
 * Why a ticket that was watched is no longer counted: its priority was lowered; it was moved out of the watched project;
 * its project is no longer visible to the account; or it is gone from a project that is (deleted, or closed to us).
 */
export type LeaveReason = 'lowered' | 'deleted' | 'moved' | 'hidden'

/** A ticket that was watched and no longer is. `leftMs`: when it left, as far as Jira says, else when we noticed. */
export interface LeftTicket extends Ticket {
  readonly leftMs: number
  readonly reason: LeaveReason
}

export interface Priority {
  readonly id: string
  readonly name: string
}

/** Names of urgent values on sites of the languages that Jira comes in most, without accents. */
const URGENT =
  /(^|[^\p{L}\p{N}])(high(est)?|critical|blocker|urgent|emergency|immediate|severe|show ?stopper|p[01]|sev[ -]?[01]|hoch|hochste[nrs]?|kritisch|dringend|blockierend|eleve[e]?|haute?|critique|urgente?|bloquant|alt[ao]|critic[ao]|hoog(ste)?|hog(sta)?|высок\p{L}*|критич\p{L}*|срочн\p{L}*)($|[^\p{L}\p{N}])|[高紧緊]急?|높음/u

/** Jira's own priority field. */
export const PRIORITY_FIELD = 'priority'

/** The field whose value decides whether a ticket is watched: `priority`, or a select field such as `customfield_10050`. */
export interface WatchedField {
  readonly id: string
  readonly name: string
}

/**
 * Whether a value is watched where none was chosen: High and Highest, and what Jira makes of them when it moves projects,
 * "High (migrated)" and "High (migrated 2)".
 */
export function isUsuallyWatched(name: string): boolean {
  return /^(highest|high)(\s*\(migrated[^)]*\))?$/i.test(name.trim())
}

/** Whether a value sounds urgent, so that a person would wonder why it is not counted. */
export function soundsUrgent(name: string): boolean {
  return URGENT.test(name.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase())
}
