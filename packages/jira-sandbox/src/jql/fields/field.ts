import type { IssueReads } from '../../database/read-issues.ts'
import type { ProjectTable } from '../../database/projects.ts'
import type { CatalogPriority } from '../../catalog.ts'
import type { DateContext } from '../dates.ts'
import type { Sql } from '../sql.ts'
import type { ComparedField, Literal, Operator } from '../syntax.ts'
import type { QueryProblems } from '../problems.ts'

/** What a query is read against. */
export interface JqlContext extends DateContext {
  /** Those that the account sees. */
  readonly projects: Pick<ProjectTable, 'all'>
  /** Whether these are all that there are. */
  readonly seesAll: boolean
  readonly issues: Pick<IssueReads, 'find'>
  /** The account itself, then who else reports tickets. */
  readonly users: readonly { readonly id: number; readonly names: readonly string[] }[]
  readonly priorities: readonly CatalogPriority[]
  /** Whether the site has the field. */
  readonly hasSeverity: boolean
  /** Whether the site has a project of this key, id or (in lower case) name that the account does not see. */
  readonly isUnseen: (project: string) => boolean
}

/** A field that can be searched by. */
export interface Field {
  readonly operators: readonly Operator[]
  /** The condition on a row of `indexed_issues`. What is wrong with the values goes into `problems`, in Jira's words. */
  compile(comparison: ComparedField, context: JqlContext, problems: QueryProblems): Sql
}

export const EQUALITY = ['=', '!=', 'in', 'not in'] as const
export const ORDERING = ['<', '<=', '>', '>='] as const
export const EMPTINESS = ['is', 'is not'] as const

/** Whether an operator says that something is not so. */
export function isNegative(operator: Operator): boolean {
  return operator.startsWith('!') || operator.includes('not')
}

/** The text of a value; null, with a sentence to `problems`, for what this field cannot be compared with. */
export function valueText(literal: Literal, field: string, problems: QueryProblems): string | null {
  if (literal.kind === 'value') return literal.text
  problems.refuse(
    literal.kind === 'empty'
      ? `The field '${field}' does not support searching for EMPTY values.`
      : `Unable to find JQL function '${literal.name}(${literal.arguments.join(', ')})'.`,
  )
  return null
}

/** Jira's sentence about a value that is not there: numbers are taken for ids. */
export function noSuchValue(text: string, field: string): string {
  return /^-?\d+$/.test(text)
    ? `A value with ID '${text}' does not exist for the field '${field}'.`
    : `The value '${text}' does not exist for the field '${field}'.`
}
