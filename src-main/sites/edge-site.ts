import type { MethodName } from '../../src-shared/contract/methods.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import { wrapJira } from '../jira/jira.ts'
import { isDeepStrictEqual } from 'node:util'
import { paced } from '../runtime/async.ts'
import { createSiteTime, type Clock, type SiteTime } from '../runtime/clock.ts'
import type { ProgressStore } from '../store/progress.ts'
import type { StoreConnection } from '../store/store.ts'
import { lastKnownSite, type KnownSite } from './known-site.ts'
import type { Site } from './site.ts'

/** What takes a Jira, or a lease that an edge never has. In a team a proxy leads these to a server that fetches. */
export const NEEDS_JIRA: ReadonlySet<MethodName> = new Set([
  'sync.now',
  'runs.preview',
  'runs.start',
  'runs.pause',
  'runs.resume',
  'runs.stop',
  'runs.cleanUpPreview',
  'runs.cleanUp',
  'runs.stopCleanUp',
  'audit.run',
  'audit.span',
])

interface EdgeParts {
  readonly store: Pick<ProgressStore, 'knownSite'> & Pick<StoreConnection, 'onCommit'>
  readonly clock: Clock
}

/** So often (real ms) at most what is known is looked at again. */
const PACE = { burst: 1, everyMs: 1_000 }

/** The sandbox's clock runs fast for the length of a run, and is ahead by that from then on: as whoever asks it writes down. */
function followClock(
  config: Config,
  { store, clock }: EdgeParts,
  {
    known,
    time,
    signal,
  }: { readonly known: KnownSite; readonly time: SiteTime; readonly signal: AbortSignal },
): void {
  let last = known.clock
  const look = async (): Promise<void> => {
    const found = await lastKnownSite(store, config, clock.now()).catch(() => null) // a store that is away is said elsewhere
    if (found === null || isDeepStrictEqual(found.clock, last)) return
    last = found.clock
    time.set(last)
  }
  const leave = store.onCommit(known.site.id, ['report'], paced(look, PACE, signal))
  signal.addEventListener('abort', leave, { once: true })
}

/** What a server that fetches has found of the Jira, for one that asks none. Throws where none has been there yet. */
export async function openEdgeSite(
  config: Config,
  parts: EdgeParts,
): Promise<{ site: Site; watchedField: WatchedField; watched: readonly Priority[] }> {
  const { store, clock } = parts
  const known = await lastKnownSite(store, config, clock.now())
  if (known === null) throw notKnownYet()
  const { site: about, watchedField, watched, accountZone } = known
  const time = createSiteTime(clock)
  time.set(known.clock)
  const ended = new AbortController()
  if (about.kind === 'sandbox') followClock(config, parts, { known, time, signal: ended.signal })
  const jira = wrapJira((_call, _signal, method) => Promise.reject(asksNoJira(method)))
  const site: Site = {
    id: about.id,
    about,
    jira:
      accountZone === undefined
        ? jira
        : {
            ...jira,
            identity: () => Promise.resolve({ accountId: '', displayName: '', timeZone: accountZone }),
          },
    watch: { field: watchedField, ids: watched.map(({ id }) => id) },
    time,
    // A sandbox's address is another at each start: its webhooks go to who runs it.
    baseUrl: () => (config.jira.kind === 'site' ? config.jira.url : ''),
    resetAuthGate: () => {},
    onBack: () => {},
    close: async () => ended.abort(),
  }
  return { site, watchedField, watched }
}

/** Why an edge does not do what it was asked for. */
export function asksNoJira(what: string): AppError {
  return new AppError('not-configured', `This server is an edge: it asks nothing of Jira (${what}).`, {
    consequence: 'Nothing was done.',
    hint: 'Ask a server that fetches; in a team its proxy leads there what takes a Jira: see docs/team.md.',
  })
}

function notKnownYet(): AppError {
  return new AppError('jira-unreachable', 'No server that fetches has been at this store yet.', {
    consequence: 'An edge shows what is in the store, and what is watched is not there yet.',
    hint: 'Start one over the same store, with the same Jira, account and project (jira-tpm serve without --edge).',
    retryable: true,
  })
}
