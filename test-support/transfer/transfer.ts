import { Readable, Writable } from 'node:stream'
import type { WatchedField } from '../../src-shared/domain/ticket.ts'
import type { Store } from '../../src-main/store/store.ts'
import type { ExportRequest } from '../../src-main/transfer/export-tickets.ts'
import type { ImportSource } from '../../src-main/transfer/import-source.ts'
import type { ImportResult } from '../../src-main/transfer/import-tickets.ts'
import { createTransfer, type ImportRequest, type Transfer } from '../../src-main/transfer/transfer.ts'

export const SITE = 'site-a'

/** Import and export of a store of a site that watches High and Highest in all projects. */
export interface TestTransfer extends Transfer {
  /** Imports a text as it would come on stdin. */
  importText(text: string, given?: Partial<ImportRequest>): Promise<ImportResult>
  /** Exports to a text. */
  exportText(given?: Partial<ExportRequest>): Promise<string>
}

interface TestParts {
  readonly siteId?: string
  readonly isFallback?: boolean
  readonly projectKey?: string | null
  readonly watchedField?: WatchedField
  readonly ended?: AbortSignal
}

export function testTransfer(
  store: Store,
  { siteId = SITE, isFallback, projectKey, watchedField, ended }: TestParts = {},
): TestTransfer {
  const transfer = createTransfer({
    store,
    isFallback: isFallback ?? false,
    siteId,
    projectKey: projectKey ?? null,
    watchedField: watchedField ?? { id: 'priority', name: 'Priority' },
    watched: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    time: { now: () => 1_700_000_000_000 },
    secrets: { kept: async () => null },
    signal: ended ?? new AbortController().signal,
  })
  const base = { signal: new AbortController().signal, onProgress: () => {} }
  return {
    ...transfer,
    importText: (text, given) =>
      transfer.importTickets({
        ...base,
        source: streamOf([text]),
        zone: 'UTC',
        skipBad: false,
        dryRun: false,
        ...given,
      }),
    async exportText(given) {
      const pieces: Buffer[] = []
      const stream = new Writable({
        write(chunk: Buffer, _encoding, done) {
          pieces.push(chunk)
          done()
        },
      })
      const request = { ...base, format: 'jsonl', fromMs: null, toMs: null, withLeft: true } as const
      await transfer.exportTickets({ ...request, target: { stream }, ...given })
      return Buffer.concat(pieces).toString('utf8')
    },
  }
}

export function streamOf(pieces: Iterable<string>, name = 'stdin'): ImportSource {
  return { kind: 'stream', stream: Readable.from(pieces), name, table: null }
}
