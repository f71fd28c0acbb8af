import { SEVERITY_FIELD } from '../catalog.ts'
import { componentField } from './fields/component.ts'
import { dateField } from './fields/date.ts'
import type { Field, JqlContext } from './fields/field.ts'
import { issueKeyField } from './fields/issue-key.ts'
import { issueTypeField } from './fields/issue-type.ts'
import { labelsField } from './fields/labels.ts'
import { priorityField } from './fields/priority.ts'
import { projectField } from './fields/project.ts'
import { reporterField } from './fields/reporter.ts'
import { resolutionField, statusField } from './fields/progress.ts'
import { sameForAll } from './fields/same-for-all.ts'
import { severityField } from './fields/severity.ts'
import { summaryField } from './fields/summary.ts'
import { joinSql, notSql, sql, type Sql } from './sql.ts'
import type { Clause, ComparedField } from './syntax.ts'
import type { QueryProblems } from './problems.ts'

const createdField = dateField('created_ms')
const updatedField = dateField('updated_ms')

const creatorField = sameForAll({
  choices: ({ users }) => users,
  current: ({ users }) => users[0]?.id ?? null,
})
const assigneeField = sameForAll({ choices: ({ users }) => users, current: () => null })

/** The fields by each of their names, in lower case. */
const FIELDS: Readonly<Record<string, Field>> = {
  project: projectField,
  priority: priorityField,
  labels: labelsField,
  component: componentField,
  summary: summaryField,
  status: statusField,
  issuetype: issueTypeField,
  type: issueTypeField,
  resolution: resolutionField,
  reporter: reporterField,
  creator: creatorField,
  assignee: assigneeField,
  key: issueKeyField,
  issuekey: issueKeyField,
  issue: issueKeyField,
  id: issueKeyField,
  created: createdField,
  createddate: createdField,
  updated: updatedField,
  updateddate: updatedField,
}

/** A custom field goes by its number and by its name. */
const SEVERITY_NAMES = [`cf[${SEVERITY_FIELD.customId}]`, SEVERITY_FIELD.name.toLowerCase()]

function findField(name: string, { hasSeverity }: JqlContext): Field | undefined {
  const lower = name.toLowerCase()
  if (hasSeverity && SEVERITY_NAMES.includes(lower)) return severityField
  return Object.hasOwn(FIELDS, lower) ? FIELDS[lower] : undefined
}

/** The condition that a clause puts on a row of `indexed_issues`. What is wrong with it goes into `problems`. */
export function compileWhere(clause: Clause, context: JqlContext, problems: QueryProblems): Sql {
  if (clause.kind === 'comparison') return compileComparison(clause, context, problems)
  if (clause.kind === 'not') return notSql(joinSql('AND', [compileWhere(clause.clause, context, problems)]))
  const parts = clause.clauses.map((part) => compileWhere(part, context, problems))
  return joinSql(clause.kind === 'and' ? 'AND' : 'OR', parts)
}

const NEVER = sql('0')

function compileComparison(comparison: ComparedField, context: JqlContext, problems: QueryProblems): Sql {
  const { field: name } = comparison
  const field = findField(name, context)
  const problem =
    field === undefined
      ? `Field '${name}' does not exist or you do not have permission to view it.`
      : operatorProblem(field, comparison)
  if (field !== undefined && problem === null) return field.compile(comparison, context, problems)
  if (problem !== null) problems.refuse(problem)
  return NEVER
}

/** Why this operator cannot stand between this field and this operand, in Jira's words; or null. */
function operatorProblem(field: Field, { field: name, operator, operand }: ComparedField): string | null {
  if (!field.operators.includes(operator)) {
    return operator.startsWith('was')
      ? `History searches do not support the '${name}' field.`
      : `The operator '${operator}' is not supported by the '${name}' field.`
  }
  const takesList = operator.endsWith('in')
  if (takesList && operand.kind !== 'list') {
    return `Operator '${operator}' does not support the non-list value for field '${name}'.`
  }
  if (!takesList && operand.kind === 'list') {
    return `Operator '${operator}' does not support the list value for field '${name}'.`
  }
  if (operator.startsWith('is') && operand.kind !== 'empty') {
    return `The operator '${operator}' only supports the EMPTY value for field '${name}'.`
  }
  return null
}
