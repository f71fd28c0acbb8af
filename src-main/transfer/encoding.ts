import { cannotImport } from './unreadable.ts'

/** Marks at the beginning of a text, and the encoding that they stand for. */
const MARKS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'], // what PowerShell's > makes of everything
  [[0xfe, 0xff], 'utf-16be'],
]

/** What pg_dump calls a client's encoding, as `TextDecoder` names it. */
const OF_CLIENT: Readonly<Record<string, string>> = {
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  SQL_ASCII: 'utf-8', // the server kept whatever it was given: UTF-8, unless the decoder says otherwise
  LATIN1: 'latin1',
  LATIN2: 'iso-8859-2',
  LATIN9: 'iso-8859-15',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  KOI8R: 'koi8-r',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
}

const CLIENT_ENCODING = /^SET client_encoding = '(\w+)';/m

/** The encoding of a text, by its first bytes and by what a dump says of itself. Throws `usage` for one that we have not. */
export function encodingOf(head: Buffer, name: string): string {
  const marked = MARKS.find(([bytes]) => head.subarray(0, bytes.length).equals(Buffer.from(bytes)))
  if (marked !== undefined) return marked[1]
  if (head.includes(0)) throw cannotImport(name, 'is not text', 'Give a dump, CSV or JSON lines.')
  const client = CLIENT_ENCODING.exec(head.toString('latin1'))?.[1] ?? 'UTF8'
  const encoding = OF_CLIENT[client.toUpperCase()]
  if (encoding !== undefined) return encoding
  throw cannotImport(name, `is in the encoding ${client}`, 'Dump it again with pg_dump --encoding=UTF8.')
}
