import type { SandboxConfig } from '#jira-sandbox'
import type { App } from '../../app/app.ts'
import type { StoredData } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import type { AccessLog } from '../../runtime/access-log.ts'
import type { Log } from '../../runtime/log.ts'
import type { CommonOptions } from './define-command.ts'
import type { CliIo } from './io.ts'
import type { WithAppOptions } from './with-app.ts'
import type { WithStoreOptions } from './with-store.ts'

/** Reads the configuration of a call, with other options than the call's own where `changes` names them. */
export type ConfigOf = (
  changes?: { [K in keyof CommonOptions]?: CommonOptions[K] | undefined },
  sandbox?: Partial<SandboxConfig>,
) => Config

type Opener<Opened, O = never> = <T>(
  config: Config,
  work: (opened: Opened) => Promise<T>,
  options?: O,
) => Promise<T>

/** What there is to open, each with all that it takes and nothing else. Nothing stands in for a primary store. */
export interface Openers {
  readonly nothing: unknown
  /** The workspace's log. */
  readonly log: Opener<Log>
  /** The log, and the one that says who did what. */
  readonly 'access-log': Opener<{ readonly log: Log; readonly accessLog: AccessLog }>
  /** What is stored, and no Jira where the store knows what is watched. */
  readonly store: Opener<StoredData>
  readonly 'primary-store': Opener<StoredData>
  /** The core: Jira, store, and all that works with them. */
  readonly core: Opener<App, WithAppOptions>
  readonly 'primary-core': Opener<App>
}

type Open<O> = (io: CliIo, rawTexts: boolean) => Promise<O>

/**
 * How to open it: loaded late, for help and wrong flags are answered without its weight. `rawTexts`: for a document, which
 * has all texts as they were written.
 */
export const OPENERS: { readonly [N in keyof Openers]: Open<Openers[N]> } = {
  nothing: async () => null,
  log: async (io) => {
    const { withLog } = await import('./with-log.ts')
    return (config, work) => withLog(io, config.dataDir, work)
  },
  'access-log': async (io) => {
    const { withLog, withAccessLog } = await import('./with-log.ts')
    return ({ dataDir }, work) =>
      withLog(io, dataDir, (log) => withAccessLog(io, dataDir, (accessLog) => work({ log, accessLog })))
  },
  store: store({}),
  'primary-store': store({ primaryStoreOnly: true }),
  core: core({}),
  'primary-core': core({ primaryStoreOnly: true }),
}

function store(fixed: WithStoreOptions): Open<Openers['store']> {
  return async (io, rawTexts) => {
    const { withStore } = await import('./with-store.ts')
    return (config, work) => withStore(io, config, work, { ...fixed, rawTexts })
  }
}

function core(fixed: WithAppOptions): Open<Openers['core']> {
  return async (io, rawTexts) => {
    const { withApp } = await import('./with-app.ts')
    return (config, work, options) => withApp(io, config, work, { ...fixed, rawTexts, ...options })
  }
}
