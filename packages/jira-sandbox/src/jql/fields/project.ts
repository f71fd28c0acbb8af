import type { ProjectRecord } from '../../database/projects.ts'
import { inSql, notSql, sql } from '../sql.ts'
import { literalsOf } from '../syntax.ts'
import { EMPTINESS, EQUALITY, isNegative, noSuchValue, valueText, type Field } from './field.ts'

/** By key, name or id. A ticket always has a project. One that the account does not see may find nothing, or not exist. */
export const projectField: Field = {
  operators: [...EQUALITY, ...EMPTINESS],
  compile({ field, operator, operand }, { projects, isUnseen }, problems) {
    if (operator === 'is' || operator === 'is not') return sql(operator === 'is' ? '0' : '1')
    const keys: string[] = []
    for (const literal of literalsOf(operand)) {
      const text = valueText(literal, field, problems)
      if (text === null) continue
      const wanted = text.toLowerCase()
      const project = projects.all().find((candidate) => isNamed(candidate, wanted))
      if (project !== undefined) keys.push(project.key)
      else if (!isUnseen(wanted)) problems.miss(noSuchValue(text, field))
    }
    // The plus keeps SQLite from the index on keys, which would make it sort a whole project to give one page.
    const isOne = inSql('+project_key', keys)
    return isNegative(operator) ? notSql(isOne) : isOne
  },
}

/** Whether a text in lower case is a project's key, name or id. */
export function isNamed({ id, key, name }: ProjectRecord, wanted: string): boolean {
  return [key.toLowerCase(), name.toLowerCase(), String(id)].includes(wanted)
}
