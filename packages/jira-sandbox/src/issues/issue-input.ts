import { may } from '../account-view.ts'
import { DEFAULT_PRIORITY_ID, REQUIRED_FIELD, SEVERITY_FIELD } from '../catalog.ts'
import { badFields } from '../http/jira-error.ts'
import type { SandboxSite } from '../site.ts'
import {
  readComponents,
  readDescription,
  readIssueType,
  readLabels,
  readPriority,
  readProject,
  readReporter,
  readRequired,
  readSeverity,
  readTitle,
  readWikiText,
  WrongField,
} from './field-values.ts'
import { readIssueBody, type FieldEdit } from './issue-body.ts'
import type { IssueChange, IssueRecord, NewIssue } from './issue-record.ts'
import { users } from './vocabulary-json.ts'

const EDIT_SCREEN = ['summary', 'priority', 'labels', 'components', 'reporter', 'description']
const CREATE_SCREEN = ['project', 'issuetype', ...EDIT_SCREEN]

/** Reads the body of a create. Throws Jira's 400 with a sentence for each field that it refuses. */
export function newIssue(site: SandboxSite, body: unknown): NewIssue {
  const { edits, properties } = readIssueBody(body)
  const reader = createReader(site, edits, CREATE_SCREEN)
  const issue: NewIssue = {
    projectKey: reader.take('project', (value) => creatableProject(site, value), undefined, ''),
    typeId: reader.take('issuetype', readIssueType, undefined, 0),
    title: reader.take('summary', readTitle, undefined, ''),
    priorityId: reader.take('priority', priorityReader(site), { id: String(DEFAULT_PRIORITY_ID) }, 0),
    severityId: reader.take(SEVERITY_FIELD.id, readSeverity, null, null),
    labels: reader.take('labels', readLabels, [], []),
    componentIds: reader.take('components', readComponents, [], []),
    reporterId: reader.take('reporter', reporterReader(site), undefined, 0),
    description: reader.take('description', descriptionReader(site), null, null),
    properties,
  }
  if (site.settings().requiredField) {
    reader.take(REQUIRED_FIELD.id, (value) => readRequired(REQUIRED_FIELD.name, value), undefined, '')
  }
  reader.end()
  return issue
}

/** Reads the body of an edit. Throws Jira's 400 with a sentence for each field that it refuses. */
export function issueChange(
  site: SandboxSite,
  body: unknown,
  issue: IssueRecord,
): { change: IssueChange; properties: NewIssue['properties'] } {
  const { edits, properties } = readIssueBody(body)
  const reader = createReader(site, edits, EDIT_SCREEN)
  const old = {
    priority: { id: String(issue.priorityId) },
    severity: issue.severityId === null ? null : { id: String(issue.severityId) },
    components: issue.componentIds.map((id) => ({ id: String(id) })),
  }
  const change: IssueChange = {
    title: reader.take('summary', readTitle, issue.title, ''),
    priorityId: reader.take('priority', priorityReader(site), old.priority, 0),
    severityId: reader.take(SEVERITY_FIELD.id, readSeverity, old.severity, null),
    labels: reader.take('labels', readLabels, issue.labels, []),
    componentIds: reader.take('components', readComponents, old.components, []),
    ...(edits.has('reporter') && { reporterId: reader.take('reporter', reporterReader(site), null, 0) }),
    ...(edits.has('description') && {
      description: reader.take('description', descriptionReader(site), null, null),
    }),
  }
  reader.end()
  return { change, properties }
}

const MAY_NOT_CREATE = 'You do not have permission to create issues in this project.'

function creatableProject(site: SandboxSite, value: unknown): string {
  const key = readProject(site.projects, value)
  if (!may(site.settings(), 'create')) throw new WrongField(MAY_NOT_CREATE)
  return key
}

function reporterReader(site: SandboxSite): (value: unknown) => number {
  return (value) => readReporter(users(site), value)
}

function priorityReader(site: SandboxSite): (value: unknown) => number {
  return (value) => readPriority(site.priorities(), value)
}

function descriptionReader(site: SandboxSite): (value: unknown) => unknown {
  return site.apiVersion() === 3 ? readDescription : readWikiText
}

/** The fields that this site has on a screen. */
function onScreen(site: SandboxSite, screen: readonly string[]): string[] {
  const { priorityOnScreen, severity, requiredField } = site.settings()
  return [
    ...screen.filter((name) => name !== 'priority' || priorityOnScreen),
    ...(severity === 'none' ? [] : [SEVERITY_FIELD.id]),
    ...(requiredField ? [REQUIRED_FIELD.id] : []),
  ]
}

/** Reads fields one by one and gathers what is wrong with them, so that one answer lists all of it. */
function createReader(site: SandboxSite, edits: ReadonlyMap<string, FieldEdit>, screen: readonly string[]) {
  const errors: Record<string, string> = {}
  const allowed = onScreen(site, screen)
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
