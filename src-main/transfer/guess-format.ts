import path from 'node:path'
import { isKnown, isOfJira } from './columns.ts'
import { cannotImport } from './unreadable.ts'

/** `old`: a pg_dump of the first program's table. */
export const IMPORT_FORMATS = ['old', 'csv', 'jsonl'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** By the name alone: what an empty file was meant to be. */
const BY_ENDING: Readonly<Record<string, ImportFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

const SQL = /^(?:--|\/\*|\\|(?:SET|SELECT|COPY|INSERT|CREATE|BEGIN|ALTER|DROP)\b)/i

/** What a text is, by how it begins. Throws `usage` where that does not tell. */
export function guessFormat(head: string, name: string): ImportFormat {
  const start = head.trimStart()
  if (start === '') {
    const format = BY_ENDING[path.extname(name.replace(/\.gz$/, '')).toLowerCase()]
    if (format !== undefined) return format
    throw cannotImport(name, 'is empty', 'Check how it was made.')
  }
  if (start.startsWith('{')) return 'jsonl'
  if (start.startsWith('[')) {
    throw cannotImport(
      name,
      'is one JSON array',
      'Make JSON lines of it, one object a line: jq -c ".[]" FILE > tickets.jsonl',
    )
  }
  if (SQL.test(start)) return 'old'
  const columns = (start.split(/\r?\n|\r/, 1)[0] ?? '')
    .split(/[,;\t]/)
    .map((column) => column.replaceAll('"', '').trim())
  if (columns.some(isKnown) || isOfJira(columns)) return 'csv'
  throw cannotImport(
    name,
    'is neither a pg_dump of the first program’s table, nor CSV with a line of column names that Jira TPM knows, nor JSON lines',
    'jira-tpm import -h says what it takes. Say --format old, csv or jsonl where it is one of them.',
  )
}
