import type { App } from '../../app/app.ts'
import { openStored, type Stored } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import { machineClock } from '../../runtime/clock.ts'
import { printsDocument, type CliIo } from './io.ts'
import { plainCall } from './plain-client.ts'
import { warnOfToken } from './settings.ts'

export interface WithStoreOptions {
  /** As of the core. */
  readonly primaryStoreOnly?: true
}

/** Opens the store alone for a command that reads; the core, where the store does not know what is watched. */
export async function withStore<T>(
  io: CliIo,
  config: Config,
  work: (stored: Stored) => Promise<T>,
  options: WithStoreOptions = {},
): Promise<T> {
  const failed = async (error: unknown): Promise<never> => {
    const { withLog } = await import('./with-log.ts')
    return withLog(io, config.dataDir, async () => {
      throw error
    })
  }
  const stored = await openStored(config, machineClock).catch(failed)
  if (stored === null) return withCore(io, config, work, options)
  try {
    warnOfToken(io, config)
    const { call } = stored.client
    const client = { call: printsDocument(io) ? call : plainCall(call) }
    return await work({ ...stored, client }).catch(failed)
  } finally {
    await stored.close()
  }
}

async function withCore<T>(
  io: CliIo,
  config: Config,
  work: (stored: Stored) => Promise<T>,
  options: WithStoreOptions,
): Promise<T> {
  const { withApp } = await import('./with-app.ts')
  const reading = ({ client, transfer }: App): Promise<T> =>
    work({ client, exportTickets: async (request) => (await transfer()).exportTickets(request) })
  return withApp(io, config, reading, options)
}
