import type { AppError } from '../../src-shared/errors/app-error.ts'
import { OLD_COLUMNS } from './columns.ts'
import { ImportError } from './source-row.ts'

/** A table of a database or a dump. */
export interface TableName {
  readonly schema: string | null
  readonly name: string
}

/**
 * Which of the tables is to be imported, while they are found one by one. `asked`: the one that the person named, with or
 * without its schema. `place`: where it is looked for.
 */
export function chooseTable(asked: string | null, place: string) {
  const candidates = new Set<string>()
  let taken: string | null = null
  return {
    /** Whether it is this one: the first that has the columns, unless the person named another. */
    takes(table: TableName, columns: readonly string[]): boolean {
      if (!OLD_COLUMNS.every((column) => columns.includes(column))) return false
      const label = tableLabel(table)
      candidates.add(label)
      if (asked !== null && !isNamed(table, asked)) return false
      taken ??= label
      return taken === label
    },
    /** What was taken. Throws `usage` where there was none, or more than one that could be meant. */
    result(): string {
      if (taken === null) throw noTable(asked, place, [...candidates])
      if (asked === null && candidates.size > 1) throw severalTables(place, [...candidates])
      return taken
    },
  }
}

export function tableLabel({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}.${name}`
}

function isNamed(table: TableName, asked: string): boolean {
  const wanted = asked.replaceAll('"', '')
  return wanted === tableLabel(table) || wanted === table.name
}

function noTable(asked: string | null, place: string, candidates: readonly string[]): AppError {
  const columns = OLD_COLUMNS.join(', ')
  if (asked === null) {
    return new ImportError('usage', `${place} has no table with the columns ${columns}.`, {
      hint: 'Check that it is of the first program. Where a dump does not name the columns, name the table: --table NAME',
    })
  }
  const hint =
    candidates.length === 0
      ? 'No other table has them, either.'
      : `There is ${candidates.toSorted().join(', ')}.`
  return new ImportError('usage', `${place} has no table ${asked} with the columns ${columns}.`, {
    hint,
  })
}

function severalTables(place: string, candidates: readonly string[]): AppError {
  return new ImportError('usage', `${place} has ${candidates.length} tables that could be meant.`, {
    hint: `Say which: --table ${candidates.toSorted().join(', or --table ')}`,
  })
}
