import { isBad, type BadRow, type Fields, type SourceRow } from '../../src-main/transfer/source-row.ts'

/** A text as it may come: in pieces of so many characters. */
export async function* inPieces(text: string, size = 65_536): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

/** Everything that a reader gives. */
export async function readAll<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}

/** The fields of rows, each of which must be a good one. */
export function fieldsOf(rows: readonly (SourceRow | BadRow)[]): Fields[] {
  return rows.map((row) => {
    if (isBad(row)) throw new Error(`line ${row.at}: ${row.reason}`)
    return { ...row.fields }
  })
}
