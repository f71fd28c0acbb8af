import type { AppError } from '../../src-shared/errors/app-error.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import type { SiteTime } from '../runtime/clock.ts'
import { resolvePassword, type Secrets } from '../secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import type { ExportRequest } from './export-tickets.ts'
import type { ImportSource } from './import-source.ts'
import type { ImportParts, ImportResult } from './import-tickets.ts'
import { ImportError, orInterrupted } from './source-row.ts'

export interface ImportRequest extends Pick<ImportParts, 'skipBad' | 'dryRun' | 'signal' | 'onProgress'> {
  readonly source: ImportSource
  /** IANA name of the zone that times without an offset are of. */
  readonly zone: string
}

interface TransferParts {
  readonly store: Store
  /** The store stands in for the one that is set. */
  readonly isFallback: boolean
  readonly siteId: string
  readonly projectKey: string | null
  readonly watchedField: WatchedField
  readonly watched: readonly Priority[]
  readonly time: Pick<SiteTime, 'now'>
  readonly secrets: Pick<Secrets, 'kept' | 'vault'>
  /** Aborted when all ends. */
  readonly signal: AbortSignal
}

export type Transfer = ReturnType<typeof createTransfer>

/** Tickets from and to files, for hosts that have any: they are not in the contract. Loaded when one is asked for. */
export function createTransfer(parts: TransferParts) {
  const { store, siteId, projectKey, watchedField, watched, secrets } = parts
  const untilEnd = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, parts.signal])
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id) }
  return {
    /** See `importTickets` and `openSource` for what it does and throws. */
    async importTickets({ source, zone, ...request }: ImportRequest): Promise<ImportResult> {
      if (parts.isFallback) throw isFallback()
      const signal = untilEnd(request.signal)
      const { importTickets } = await import('./import-tickets.ts')
      const { openSource } = await import('./import-source.ts')
      try {
        const open = await openSource(await withPassword(source, secrets, signal), signal, watchedField)
        try {
          const reading = { watched, zone }
          return await importTickets(open, { ...parts, ...request, scope, reading, signal })
        } finally {
          await open.close()
        }
      } catch (error) {
        throw orInterrupted(error, signal)
      }
    },
    /** Resolves with how many tickets were written. See `exportTickets`. */
    async exportTickets(request: ExportRequest): Promise<number> {
      const { exportTickets } = await import('./export-tickets.ts')
      return exportTickets({ ...request, signal: untilEnd(request.signal) }, { store, siteId, projectKey })
    },
  }
}

async function withPassword(
  source: ImportSource,
  secrets: Pick<Secrets, 'kept' | 'vault'>,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (source.kind !== 'table') return source
  if (source.config.credentials === 'vault' && secrets.vault !== undefined) {
    const credentials = await secrets.vault.database(signal)
    return { ...source, config: { ...source.config, ...credentials.now() } }
  }
  const password = await resolvePassword(source.config, secrets, signal)
  return { ...source, config: { ...source.config, password } }
}

/** What went into the file would not be in the store that is gone back to. */
function isFallback(): AppError {
  return new ImportError(
    'store-unavailable',
    'A file stands in for the store that is set, and tickets are imported into that one alone.',
    { hint: 'Import again when the store is back.', retryable: true },
  )
}
