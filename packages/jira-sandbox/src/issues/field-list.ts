import { SEVERITY_FIELD } from '../catalog.ts'
import type { SandboxSite } from '../site.ts'

interface FieldSchema {
  readonly type: string
  readonly items?: string
}

/** The fields of a ticket by id, with their names, what is in them, and what JQL calls them. */
const SYSTEM_FIELDS: Readonly<
  Record<string, readonly [name: string, schema: FieldSchema, clauses: string[]]>
> = {
  summary: ['Summary', { type: 'string' }, ['summary']],
  issuetype: ['Issue Type', { type: 'issuetype' }, ['issuetype', 'type']],
  project: ['Project', { type: 'project' }, ['project']],
  priority: ['Priority', { type: 'priority' }, ['priority']],
  status: ['Status', { type: 'status' }, ['status']],
  resolution: ['Resolution', { type: 'resolution' }, ['resolution']],
  labels: ['Labels', { type: 'array', items: 'string' }, ['labels']],
  components: ['Components', { type: 'array', items: 'component' }, ['component']],
  reporter: ['Reporter', { type: 'user' }, ['reporter']],
  creator: ['Creator', { type: 'user' }, ['creator']],
  assignee: ['Assignee', { type: 'user' }, ['assignee']],
  created: ['Created', { type: 'datetime' }, ['created', 'createdDate']],
  updated: ['Updated', { type: 'datetime' }, ['updated', 'updatedDate']],
  description: ['Description', { type: 'string' }, []],
  duedate: ['Due date', { type: 'date' }, []],
}

/** Every field that the site knows, as Jira lists them. */
export function fieldList(site: SandboxSite): object[] {
  const system = Object.entries(SYSTEM_FIELDS).map(([id, [name, schema, clauseNames]]) => ({
    ...fieldJson(id, name, clauseNames),
    custom: false,
    schema: { ...schema, system: id },
  }))
  const key = { ...fieldJson('issuekey', 'Key', ['id', 'issue', 'issuekey', 'key']), custom: false }
  const { id, name, customId } = SEVERITY_FIELD
  const severity = {
    ...fieldJson(id, name, [`cf[${customId}]`, name]),
    custom: true,
    schema: { type: 'option', custom: SELECT, customId },
  }
  return [key, ...system, ...(site.settings().severity === 'none' ? [] : [severity])]
}

const SELECT = 'com.atlassian.jira.plugin.system.customfieldtypes:select'

function fieldJson(id: string, name: string, clauseNames: readonly string[]): object {
  const searchable = clauseNames.length > 0
  return { id, key: id, name, orderable: id !== 'issuekey', navigable: true, searchable, clauseNames }
}
