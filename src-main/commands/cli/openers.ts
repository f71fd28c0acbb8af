import type { SandboxConfig } from '#jira-sandbox'
import type { App } from '../../app/app.ts'
import type { StoredData } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import type { AccessLog } from '../../runtime/access-log.ts'
import type { Log } from '../../runtime/log.ts'
import type { CommonOptions } from './define-command.ts'
import type { CliIo } from './io.ts'
import { reachedServer, refuseServer } from './reach.ts'
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
  /** What is stored, and no Jira where the store knows what is watched; of a team server where the call goes to one. */
  readonly store: Opener<StoredData>
  readonly 'primary-store': Opener<StoredData>
  /** The core: Jira, store, and all that works with them; a team server's where the call goes to one. */
  readonly core: Opener<ReachedCore, WithAppOptions>
  readonly 'primary-core': Opener<ReachedCore>
  /** The core of this machine, for what goes over no server. */
  readonly 'own-core': Opener<App, WithAppOptions>
  readonly 'own-primary-core': Opener<App>
}

/** The part of a core that goes over a server. */
export type ReachedCore = Pick<App, 'client' | 'start' | 'followOtherRuns'>

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
    return async (config, work) => {
      await refuseServer(config)
      const { dataDir } = config
      return withLog(io, dataDir, (log) =>
        withAccessLog(io, dataDir, (accessLog) => work({ log, accessLog })),
      )
    }
  },
  store: store({}),
  'primary-store': store({ primaryStoreOnly: true }),
  core: core({}),
  'primary-core': core({ primaryStoreOnly: true }),
  'own-core': ownCore({}),
  'own-primary-core': ownCore({ primaryStoreOnly: true }),
}

function store(fixed: WithStoreOptions): Open<Openers['store']> {
  return async (io, rawTexts) => {
    const { withStore } = await import('./with-store.ts')
    return async (config, work) => {
      const server = await reachedServer(config)
      if (server === null) return withStore(io, config, work, { ...fixed, rawTexts })
      const { withServer } = await import('./with-server.ts')
      return withServer(io, config, server, work, { rawTexts })
    }
  }
}

function core(fixed: WithAppOptions): Open<Openers['core']> {
  return async (io, rawTexts) => {
    return async (config, work, options) => {
      const server = await reachedServer(config)
      if (server !== null) {
        const { withServer } = await import('./with-server.ts')
        return withServer(io, config, server, work, { rawTexts, ...options })
      }
      const { withApp } = await import('./with-app.ts')
      return withApp(io, config, work, { ...fixed, rawTexts, ...options })
    }
  }
}

function ownCore(fixed: WithAppOptions): Open<Openers['own-core']> {
  return async (io, rawTexts) => {
    const { withApp } = await import('./with-app.ts')
    return async (config, work, options) => {
      await refuseServer(config)
      return withApp(io, config, work, { ...fixed, rawTexts, ...options })
    }
  }
}
