import type { IssueRecord } from '../../issues/issue-record.ts'
import { inSql, joinSql, notSql, sql, type Sql } from '../sql.ts'
import { literalsOf, type Literal, type Operator } from '../syntax.ts'
import { EQUALITY, isNegative, ORDERING, valueText, type Field, type JqlContext } from './field.ts'
import type { QueryProblems } from '../problems.ts'

/** By key or numeric id; a ticket that does not exist is an error, as in Jira. */
export const issueKeyField: Field = {
  operators: [...EQUALITY, ...ORDERING],
  compile({ field, operator, operand }, context, problems) {
    const found = literalsOf(operand).flatMap((literal) => findIssue(literal, field, context, problems) ?? [])
    const [first] = found
    if (first !== undefined && isOrdering(operator)) return compared(first, operator)
    const isOne = inSql(
      'id',
      found.map(({ id }) => id),
    )
    return isNegative(operator) ? notSql(isOne) : isOne
  },
}

function isOrdering(operator: Operator): boolean {
  return (ORDERING as readonly Operator[]).includes(operator)
}

/** Keys are ordered within their project. */
function compared({ projectKey, number }: IssueRecord, operator: Operator): Sql {
  return joinSql('AND', [sql('project_key = ?', projectKey), sql(`number ${operator} ?`, number)])
}

function findIssue(
  literal: Literal,
  field: string,
  { issues }: JqlContext,
  problems: QueryProblems,
): IssueRecord | undefined {
  const text = valueText(literal, field, problems)
  if (text === null) return undefined
  const issue = issues.find(text)
  if (issue === undefined) {
    problems.miss(
      /^\d+$/.test(text)
        ? `A value with ID '${text}' does not exist for the field '${field}'.`
        : `An issue with key '${text}' does not exist for field '${field}'.`,
    )
  }
  return issue
}
