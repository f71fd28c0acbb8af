import { FIRST_STATUS } from '../catalog.ts'

/** A ticket as the sandbox keeps it. Ids are numbers here and text on the wire; times are site epoch ms. */
export interface IssueRecord {
  readonly id: number
  readonly projectKey: string
  readonly number: number
  readonly typeId: number
  readonly priorityId: number
  readonly title: string
  readonly labels: readonly string[]
  readonly createdMs: number
  readonly updatedMs: number
  /** Null: none was set, or the site has no such field. */
  readonly severityId: number | null
  readonly componentIds: readonly number[]
  /** 0: the account itself. */
  readonly reporterId: number
  readonly statusId: number
  /** Null: it is not resolved. */
  readonly resolutionId: number | null
}

/** The record of a new ticket. */
export function newRecord(issue: NewIssue, id: number, number: number, createdMs: number): IssueRecord {
  const { projectKey, typeId, priorityId, title, labels, severityId = null } = issue
  const { componentIds = [], reporterId = 0, statusId = FIRST_STATUS.id, resolutionId = null } = issue
  const updatedMs = createdMs
  const form = { projectKey, typeId, priorityId, title, labels, severityId, componentIds, reporterId }
  return { ...form, id, number, createdMs, updatedMs, statusId, resolutionId }
}

export function issueKey(issue: Pick<IssueRecord, 'projectKey' | 'number'>): string {
  return `${issue.projectKey}-${issue.number}`
}

/** A ticket that is to be made. */
export interface NewIssue {
  readonly projectKey: string
  readonly typeId: number
  readonly priorityId: number
  readonly title: string
  readonly labels: readonly string[]
  /** An Atlassian document, or null. */
  readonly description: unknown
  readonly properties: readonly { readonly key: string; readonly value: unknown }[]
  readonly severityId?: number | null
  readonly componentIds?: readonly number[]
  readonly reporterId?: number
  readonly statusId?: number
  readonly resolutionId?: number | null
}

/** What can be changed. Absent: stays as it is. */
export interface IssueChange {
  readonly priorityId?: number
  readonly title?: string
  readonly labels?: readonly string[]
  readonly description?: unknown
  readonly severityId?: number | null
  readonly componentIds?: readonly number[]
  readonly reporterId?: number
}

/** A ticket as a row of either table. */
export interface IssueRow {
  id: number
  project_key: string
  number: number
  type_id: number
  priority_id: number
  title: string
  labels: string
  created_ms: number
  updated_ms: number
  severity_id: number | null
  components: string
  reporter_id: number
  status_id: number
  resolution_id: number | null
}

/** The columns in the order of `rowValues`. */
export const ISSUE_COLUMNS =
  'id, project_key, number, type_id, priority_id, title, labels, created_ms, updated_ms, severity_id, components, reporter_id, status_id, resolution_id'

export function rowValues(issue: IssueRecord): (string | number | null)[] {
  return [
    issue.id,
    issue.projectKey,
    issue.number,
    issue.typeId,
    issue.priorityId,
    issue.title,
    JSON.stringify(issue.labels),
    issue.createdMs,
    issue.updatedMs,
    issue.severityId,
    JSON.stringify(issue.componentIds),
    issue.reporterId,
    issue.statusId,
    issue.resolutionId,
  ]
}

export function fromRow(row: IssueRow): IssueRecord {
  return {
    id: row.id,
    projectKey: row.project_key,
    number: row.number,
    typeId: row.type_id,
    priorityId: row.priority_id,
    title: row.title,
    labels: JSON.parse(row.labels) as string[],
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    severityId: row.severity_id,
    componentIds: JSON.parse(row.components) as number[],
    reporterId: row.reporter_id,
    statusId: row.status_id,
    resolutionId: row.resolution_id,
  }
}
