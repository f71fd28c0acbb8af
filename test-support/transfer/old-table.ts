/** Rows of the first program's table that are hard to carry over. */
export interface OldRow {
  readonly id: number
  readonly severity: string | null
  readonly created: string | null
  readonly title: string | null
  readonly project: string | null
}

const CREATED = '2021-03-04T10:11:12.000+0000'

const TITLES = [
  'Login is slow',
  "It's \"quoted\", 'twice'",
  'Back\\slash, \\n that is none, C:\\new\\table',
  'Two\nlines,\r\nand a third\twith a tab',
  '\\.',
  '\\N',
  '',
  '; DROP TABLE tickets; --',
  "/* no comment */ $$ $tag$ E'x'",
  'Zoë 😀 日本語 \u202E',
  '=1+1',
  '\u0001\b\f\v\u007F',
  null,
]

export const OLD_ROWS: readonly OldRow[] = TITLES.map((title, index) => ({
  id: 10_000 + index,
  severity: index % 2 === 0 ? 'High' : 'Highest',
  created: CREATED,
  title,
  project: index % 5 === 4 ? null : 'TPM',
}))

/** Makes the table, as the first program has it, with these rows. */
export function oldTableSql(name = 'tickets', rows: readonly OldRow[] = OLD_ROWS): string {
  const values = rows.map(({ id, severity, created, title, project }) =>
    [String(id), ...[severity, created, title, project].map(literal)].join(', '),
  )
  return `CREATE TABLE ${name} (ticket_id INTEGER PRIMARY KEY, ticket_severity TEXT, ticket_created_date TEXT,
      ticket_title TEXT, ticket_project TEXT);
    ${values.map((row) => `INSERT INTO ${name} VALUES (${row});`).join('\n')}`
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`
}

/** As a reader gives them. */
export function oldFieldsOf(rows: readonly OldRow[] = OLD_ROWS): Record<string, string | null>[] {
  return rows.map(({ id, severity, created, title, project }) => ({
    ticket_id: String(id),
    ticket_severity: severity,
    ticket_created_date: created,
    ticket_title: title,
    ticket_project: project,
  }))
}
