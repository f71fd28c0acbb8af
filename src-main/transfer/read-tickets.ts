import { BadRowError, importedTicket, type ImportedTicket, type Reading } from './imported-ticket.ts'
import { isBad, type BadRow, type SourceRow } from './source-row.ts'

/** The tickets that a source's rows are; what is none stays in its place, with the reason. */
export async function* readTickets(
  rows: AsyncIterable<SourceRow | BadRow>,
  reading: Reading,
): AsyncGenerator<ImportedTicket | BadRow> {
  for await (const row of rows) yield isBad(row) ? row : ticketOf(row, reading)
}

function ticketOf({ at, fields }: SourceRow, reading: Reading): ImportedTicket | BadRow {
  try {
    return importedTicket(fields, reading)
  } catch (error) {
    if (error instanceof BadRowError) return { at, reason: error.message }
    throw error
  }
}
