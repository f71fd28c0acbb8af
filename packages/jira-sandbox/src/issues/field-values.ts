import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { COMPONENTS, findByIdOrName, findIssueType, SEVERITIES, type CatalogPriority } from '../catalog.ts'
import type { ProjectTable } from '../database/projects.ts'
import { userNameOf, type SandboxUser } from './vocabulary-json.ts'

/** A refusal of one field's value, in Jira's words. */
export class WrongField extends Error {
  override readonly name = 'WrongField'
}

const Reference = Type.Object({
  id: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
})

const AdfDocument = Type.Object({
  type: Type.Literal('doc'),
  version: Type.Literal(1),
  content: Type.Array(Type.Object({ type: Type.String() })),
})

const MAX_TITLE = 255
const MAX_LABEL = 255

export function readProject(projects: ProjectTable, value: unknown): string {
  const { id, key } = reference(value, 'valid project is required')
  const project = projects.find(id ?? key ?? '')
  if (project === undefined) throw new WrongField('valid project is required')
  return project.key
}

export function readIssueType(value: unknown): number {
  const { id, name } = reference(value, 'Specify an issue type')
  const type = findIssueType(id ?? name ?? '')
  if (type === undefined) throw new WrongField('The issue type selected is invalid.')
  if (type.subtask) throw new WrongField('Issue type is a sub-task but parent issue key or id not specified.')
  return type.id
}

export function readPriority(priorities: readonly CatalogPriority[], value: unknown): number {
  const { id, name } = reference(value, 'The priority selected is invalid.')
  const priority = findByIdOrName(priorities, id ?? name ?? '')
  if (priority === undefined) throw new WrongField('The priority selected is invalid.')
  return priority.id
}

const Option = Type.Object({ id: Type.Optional(Type.String()), value: Type.Optional(Type.String()) })

/** A severity by its option's id or value; null for none. */
export function readSeverity(value: unknown): number | null {
  if (value === undefined || value === null) return null
  if (!Check(Option, value)) throw new WrongField("Specify a valid 'id' or 'name' for Severity")
  const { id, value: name } = value
  const option = findByIdOrName(SEVERITIES, id ?? name ?? '')
  if (option === undefined) {
    throw new WrongField(`Option ${id === undefined ? 'value' : 'id'} '${id ?? name ?? ''}' is not valid`)
  }
  return option.id
}

/** Components by id or name, each once. */
export function readComponents(value: unknown): number[] {
  if (!Check(Type.Array(Reference), value)) throw new WrongField('data was not an array')
  const ids = value.map(({ id, name }) => {
    const component = findByIdOrName(COMPONENTS, id ?? name ?? '')
    if (component === undefined) throw new WrongField(`Component name '${id ?? name ?? ''}' is not valid`)
    return component.id
  })
  return [...new Set(ids)].toSorted((a, b) => a - b)
}

const User = Type.Object({ accountId: Type.Optional(Type.String()), name: Type.Optional(Type.String()) })

/** Somebody by account id or, as Data Center has it, by user name; the account itself where nobody is named. */
export function readReporter(users: readonly SandboxUser[], value: unknown): number {
  if (value === undefined) return 0
  const wanted = Check(User, value) ? value : {}
  const user = users.find(
    ({ accountId, email }) => accountId === wanted.accountId || userNameOf(email) === wanted.name,
  )
  if (user === undefined) throw new WrongField('The reporter specified is not a user.')
  return user.id
}

/** A text that must not be missing. */
export function readRequired(name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new WrongField(`${name} is required.`)
}

export function readTitle(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new WrongField('You must specify a summary of the issue.')
  }
  if (value.length > MAX_TITLE) throw new WrongField('Summary must be less than 255 characters.')
  if (/[\r\n]/.test(value))
    throw new WrongField('The summary is invalid because it contains newline characters.')
  return value
}

export function readLabels(value: unknown): string[] {
  if (!Check(Type.Array(Type.String()), value)) throw new WrongField('data was not an array')
  for (const label of value) {
    if (/\s/.test(label)) throw new WrongField(`The label '${label}' contains spaces which is invalid.`)
    if (label === '') throw new WrongField('The label is empty which is invalid.')
    if (label.length > MAX_LABEL) {
      throw new WrongField(
        `The label '${label.slice(0, 20)}…' exceeds the maximum length of ${MAX_LABEL} characters.`,
      )
    }
  }
  return [...new Set(value)].toSorted()
}

/** An Atlassian document, or null for none. */
export function readDescription(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Check(AdfDocument, value)) return value
  throw new WrongField('Operation value must be an Atlassian Document (see the Atlassian Document Format)')
}

/** Wiki text, or null for none: what REST v2 takes where v3 wants a document. */
export function readWikiText(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'string') return value ?? null
  throw new WrongField('Operation value must be a string')
}

function reference(value: unknown, otherwise: string): Static<typeof Reference> {
  if (Check(Reference, value)) return value
  throw new WrongField(otherwise)
}
