import { DEFAULT_PRIORITY_ID } from '../catalog.ts'
import { badFields } from '../http/jira-error.ts'
import type { Site } from '../site.ts'
import {
  readDescription,
  readIssueType,
  readLabels,
  readPriority,
  readProject,
  readTitle,
  WrongField,
} from './field-values.ts'
import { readIssueBody, type FieldEdit } from './issue-body.ts'
import type { IssueChange, IssueRecord, NewIssue } from './issue-record.ts'

const CREATE_SCREEN = ['project', 'issuetype', 'summary', 'priority', 'labels', 'description']
const EDIT_SCREEN = ['summary', 'priority', 'labels', 'description']

/** Reads the body of a create. Throws Jira's 400 with a sentence for each field that it refuses. */
export function newIssue(site: Site, body: unknown): NewIssue {
  const { edits, properties } = readIssueBody(body)
  const reader = createReader(site, edits, CREATE_SCREEN)
  const issue: NewIssue = {
    projectKey: reader.take('project', (value) => readProject(site.projects, value), undefined, ''),
    typeId: reader.take('issuetype', readIssueType, undefined, 0),
    title: reader.take('summary', readTitle, undefined, ''),
    priorityId: reader.take('priority', readPriority, { id: String(DEFAULT_PRIORITY_ID) }, 0),
    labels: reader.take('labels', readLabels, [], []),
    description: reader.take('description', readDescription, null, null),
    properties,
  }
  reader.end()
  return issue
}

/** Reads the body of an edit. Throws Jira's 400 with a sentence for each field that it refuses. */
export function issueChange(
  site: Site,
  body: unknown,
  issue: IssueRecord,
): { change: IssueChange; properties: NewIssue['properties'] } {
  const { edits, properties } = readIssueBody(body)
  const reader = createReader(site, edits, EDIT_SCREEN)
  const old = { priority: { id: String(issue.priorityId) } }
  const change: IssueChange = {
    title: reader.take('summary', readTitle, issue.title, ''),
    priorityId: reader.take('priority', readPriority, old.priority, 0),
    labels: reader.take('labels', readLabels, issue.labels, []),
    ...(edits.has('description') && { description: reader.take('description', readDescription, null, null) }),
  }
  reader.end()
  return { change, properties }
}

/** Reads fields one by one and gathers what is wrong with them, so that the caller hears of all of it at once. */
function createReader(site: Site, edits: ReadonlyMap<string, FieldEdit>, screen: readonly string[]) {
  const errors: Record<string, string> = {}
  const allowed = site.settings().priorityOnScreen ? screen : screen.filter((name) => name !== 'priority')
  for (const name of edits.keys()) {
    if (!allowed.includes(name)) {
      errors[name] = `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.`
    }
  }
  return {
    /** The field's new value; `otherwise` stands in for one that is refused. */
    take<T>(name: string, read: (value: unknown) => T, old: unknown, otherwise: T): T {
      if (name in errors) return otherwise
      try {
        const edit = edits.get(name)
        return read(edit === undefined ? old : edit(old))
      } catch (error) {
        if (!(error instanceof WrongField)) throw error
        errors[name] = error.message
        return otherwise
      }
    },
    end(): void {
      if (Object.keys(errors).length > 0) throw badFields(errors)
    },
  }
}
