import { COMPONENTS, ISSUE_TYPES, SEVERITIES, SEVERITY_FIELD } from '../catalog.ts'
import { issueJson, selectFields } from '../issues/issue-json.ts'
import { issueKey, ISSUE_COLUMNS, rowValues, type IssueRecord } from '../issues/issue-record.ts'
import { userJson, users } from '../issues/vocabulary-json.ts'
import { compileJql } from '../jql/compile.ts'
import { JqlError } from '../jql/jql-error.ts'
import { jqlContext } from '../search/search.ts'
import { asVersion2, unrestricted, type SandboxSite } from '../site.ts'
import type { Webhook } from './webhook-table.ts'
import type { Delivery } from './deliveries.ts'

/** Something that happened to a ticket. */
export interface IssueEvent {
  readonly kind: 'created' | 'updated' | 'deleted'
  /** As it is now; a deleted one as it was last. */
  readonly issue: IssueRecord
  /** What it was before it was changed. */
  readonly before?: IssueRecord
  /** Part of an operation on many tickets, which Cloud tells later than others. */
  readonly isBulk?: boolean
}

/** Tells of a ticket that was made or changed whoever asked for it. */
export function tellOfChange(site: SandboxSite, event: IssueEvent): void {
  for (const delivery of deliveriesOf(site, event)) site.deliveries.add(delivery)
}

/** To be called before a ticket is deleted: returns what tells of it, to be called once it is. */
export function tellOfDeletion(site: SandboxSite, issue: IssueRecord, isBulk = false): () => void {
  const deliveries = deliveriesOf(site, { kind: 'deleted', issue, isBulk })
  return () => {
    for (const delivery of deliveries) site.deliveries.add(delivery)
  }
}

/** What is to be sent of an event: one delivery for each webhook that asks for it. */
function deliveriesOf(site: SandboxSite, event: IssueEvent): Delivery[] {
  const name = `jira:issue_${event.kind}`
  const asked = site.webhooks.all().filter(({ enabled, events }) => enabled && events.includes(name))
  const wanted = asked.filter(({ jql }) => matches(site, jql, event.issue))
  if (wanted.length === 0) return []
  const body = JSON.stringify(bodyOf(unrestricted(site), event))
  const isCloud = site.settings().deployment === 'cloud'
  return wanted.map((webhook) => ({
    url: webhook.url,
    body: webhook.excludeBody ? '' : body,
    secret: signsAs(site, webhook),
    flow: isCloud ? (event.isBulk === true ? 'Secondary' : 'Primary') : null,
  }))
}

/** The secret that a webhook's bodies are signed with. Servers before version 10 sign nothing. */
export function signsAs(site: SandboxSite, { secret }: Webhook): string | null {
  const { deployment, serverVersion } = site.settings()
  return deployment === 'cloud' || serverVersion.startsWith('10.') ? secret : null
}

/** Whether a ticket matches a webhook's query, whatever the index knows of it, and whoever may see it. */
function matches(site: SandboxSite, jql: string, issue: IssueRecord): boolean {
  if (jql === '') return true
  try {
    const { where } = compileJql(jql, jqlContext(unrestricted(site), site.clock.now()))
    const columns = ISSUE_COLUMNS.split(', ')
    const row = columns.map((column) => `? AS ${column}`).join(', ')
    // The two tables of the index, as if they held this ticket alone.
    const statement = site.db.prepare(
      `WITH indexed_issues AS (SELECT ${row}),
        indexed_labels AS (SELECT value COLLATE NOCASE AS label, ? AS issue_id FROM json_each(?))
       SELECT 1 FROM indexed_issues WHERE ${where.text}`,
    )
    const labels = JSON.stringify(issue.labels)
    return statement.get(...rowValues(issue), issue.id, labels, ...where.values) !== undefined
  } catch (error) {
    if (error instanceof JqlError) return false // its project was taken away since it was registered
    throw error
  }
}

/** What Jira sends: the ticket as REST v2 has it, and of a change what it was and is. */
function bodyOf(site: SandboxSite, { kind, issue, before }: IssueEvent): object {
  const items = before === undefined ? [] : changes(site, before, issue)
  const isMove = before !== undefined && before.projectKey !== issue.projectKey
  const type = kind === 'updated' ? (isMove ? 'issue_moved' : 'issue_generic') : `issue_${kind}`
  return {
    timestamp: site.clock.now(),
    webhookEvent: `jira:issue_${kind}`,
    issue_event_type_name: type,
    user: userJson(site),
    issue: issueJson(asVersion2(site), issue, selectFields(['*all']), undefined),
    ...(before !== undefined && { changelog: { id: changeId(issue), items } }),
  }
}

/** A number that grows with time and is another for each ticket. */
function changeId({ id, updatedMs }: IssueRecord): string {
  return `${updatedMs}${String(id % 1_000).padStart(3, '0')}`
}

interface ChangedField {
  readonly field: string
  readonly fieldId: string
  /** Id and text of its value; null for none. */
  readonly read: (issue: IssueRecord, site: SandboxSite) => readonly [string | null, string | null]
}

type Named = readonly { readonly id: number; readonly name: string }[]

function named(options: Named, ids: readonly (number | null)[]): [string | null, string | null] {
  const found = options.filter(({ id }) => ids.includes(id))
  if (found.length === 0) return [null, null]
  return [found.map(({ id }) => id).join(','), found.map(({ name }) => name).join(',')]
}

const CHANGED_FIELDS: readonly ChangedField[] = [
  { field: 'summary', fieldId: 'summary', read: ({ title }) => [null, title] },
  {
    field: 'priority',
    fieldId: 'priority',
    read: ({ priorityId }, site) => named(site.priorities(), [priorityId]),
  },
  { field: 'issuetype', fieldId: 'issuetype', read: ({ typeId }) => named(ISSUE_TYPES, [typeId]) },
  { field: 'labels', fieldId: 'labels', read: ({ labels }) => [null, labels.join(' ')] },
  {
    field: 'Component',
    fieldId: 'components',
    read: ({ componentIds }) => named(COMPONENTS, componentIds),
  },
  {
    field: SEVERITY_FIELD.name,
    fieldId: SEVERITY_FIELD.id,
    read: ({ severityId }) => named(SEVERITIES, [severityId]),
  },
  {
    field: 'reporter',
    fieldId: 'reporter',
    read: ({ reporterId }, site) => {
      const user = users(site).find(({ id }) => id === reporterId)
      return [user?.accountId ?? null, user?.displayName ?? null]
    },
  },
  { field: 'Key', fieldId: 'issuekey', read: (issue) => [null, issueKey(issue)] },
  {
    field: 'project',
    fieldId: 'project',
    read: ({ projectKey }, site) => {
      const project = site.projects.find(projectKey)
      return [project === undefined ? null : String(project.id), project?.name ?? null]
    },
  },
]

/** A description is kept apart from its ticket, and is not told of. */
function changes(site: SandboxSite, before: IssueRecord, after: IssueRecord): object[] {
  return CHANGED_FIELDS.flatMap(({ field, fieldId, read }) => {
    const [from, fromString] = read(before, site)
    const [to, toString] = read(after, site)
    if (from === to && fromString === toString) return []
    return { field, fieldtype: 'jira', fieldId, from, fromString, to, toString }
  })
}
