import { plainText } from '../../src-shared/domain/plain-text.ts'
import type { Fields } from './columns.ts'

/** A row as a source has it. */
export interface SourceRow {
  /** Its line in a file, or which row of a table it is; both begin with 1. */
  readonly at: number
  readonly fields: Fields
}

/** A place where a row was expected and none is. */
export interface BadRow {
  readonly at: number
  /** What is wrong, as it continues "line 17: ". */
  readonly reason: string
}

export function isBad(row: object): row is BadRow {
  return 'reason' in row
}

/** A value as it can be shown in a sentence: short, without anything that a terminal would obey. */
export function shown(value: string): string {
  const start = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value
  return `"${plainText(start)}"`
}

const MAX_SHOWN = 60
