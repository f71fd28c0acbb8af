import { errorText } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import { openStored, type StoredData } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { orCancelled } from './interrupt.ts'
import { say, type CliIo } from './io.ts'
import { plainCall } from './plain-client.ts'
import { warnOfToken } from './settings.ts'
import type { WithAppOptions } from './with-app.ts'

/** As of the core. */
export type WithStoreOptions = Pick<WithAppOptions, 'primaryStoreOnly' | 'rawTexts'>

const INTERRUPTED = ['Interrupted before the store was open.', 'Nothing was changed.'] as const

/** Opens the store alone for a command that reads; the core, where the store does not know what is watched. */
export async function withStore<T>(
  io: CliIo,
  config: Config,
  work: (stored: StoredData) => Promise<T>,
  options: WithStoreOptions = {},
): Promise<T> {
  const read = async (log: Log | null): Promise<{ readonly result: T } | null> => {
    const opening = openStored(config, { clock: machineClock, log, signal: io.signal })
    const stored = await orCancelled(opening, io.signal, ...INTERRUPTED)
    if (stored === null) return null
    try {
      warnOfToken(io, config)
      if (stored.restored !== null) say(io, errorText(stored.restored))
      const { call } = stored.client
      const client = { call: options.rawTexts === true ? call : plainCall(call) }
      return { result: await work({ ...stored, client }) }
    } finally {
      await stored.close()
    }
  }
  const done = await (config.store.kind === 'sqlite' ? readFile(io, config, read) : logged(io, config, read))
  return done === null ? withCore(io, config, work, options) : done.result
}

/** A log is opened only for what goes wrong. */
async function readFile<R>(io: CliIo, config: Config, read: (log: null) => Promise<R>): Promise<R> {
  try {
    return await read(null)
  } catch (error) {
    return logged(io, config, async () => {
      throw error
    })
  }
}

async function logged<R>(io: CliIo, { dataDir }: Config, work: (log: Log) => Promise<R>): Promise<R> {
  const { withLog } = await import('./with-log.ts')
  return withLog(io, dataDir, work)
}

async function withCore<T>(
  io: CliIo,
  config: Config,
  work: (stored: StoredData) => Promise<T>,
  options: WithStoreOptions,
): Promise<T> {
  const { withApp } = await import('./with-app.ts')
  const reading = ({ client, transfer }: App): Promise<T> =>
    work({ client, exportTickets: async (request) => (await transfer()).exportTickets(request) })
  return withApp(io, config, reading, options)
}
