import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { Session } from '../../src-shared/contract/tickets.ts'
import { steadyClock, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import type { Config } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import type { ProgressStore } from '../store/progress.ts'

const KnownSite = Type.Intersect([
  Type.Pick(Session, ['site', 'watchedField', 'watched', 'clock']),
  Type.Object({ accountZone: Type.Optional(Type.String()) }),
])

/** What a Jira is, what is watched there, how its clock goes, and in which zone its account is, once it was asked. */
export type KnownSite = Static<typeof KnownSite>

/**
 * Keeps in the store what was found of the Jira that these settings ask for: so that what is stored can be read without
 * it. Never throws: where it cannot be written, the next reader asks the Jira.
 */
export async function keepSite(
  store: Pick<ProgressStore, 'knownSite' | 'keepSite'>,
  config: Config,
  { site, watchedField, watched, clock, accountZone }: KnownSite,
  log: Pick<Log, 'info'>,
): Promise<void> {
  const asked = askedBy(config)
  if (asked === null) return
  // A real Jira's clock is measured anew by each process.
  const kept = site.kind === 'sandbox' ? sameEachTime(clock) : steadyClock(0)
  try {
    const former = await store.knownSite(asked)
    const zone = accountZone ?? readKnown(former)?.accountZone
    const text = JSON.stringify({ site, watchedField, watched, clock: kept, accountZone: zone })
    if (former !== text) await store.keepSite(site.id, asked, text)
  } catch (err) {
    log.info({ err }, 'what the site is could not be kept in the store')
  }
}

/**
 * What was found of the Jira that these settings ask for; null where it was not asked for yet, and while the sandbox's
 * clock may run fast: then it alone knows how late it is there. Throws as the store.
 */
export async function knownSite(
  store: Pick<ProgressStore, 'knownSite'>,
  config: Config,
  nowMs: number,
): Promise<KnownSite | null> {
  const known = await lastKnownSite(store, config, nowMs)
  return known?.clock.rate === 1 ? known : null
}

/** The same for who follows it: the sandbox's clock may run fast, and be another soon. */
export async function lastKnownSite(
  store: Pick<ProgressStore, 'knownSite'>,
  config: Config,
  nowMs: number,
): Promise<KnownSite | null> {
  const asked = askedBy(config)
  const known = asked === null ? null : readKnown(await store.knownSite(asked))
  if (known === null || known.site.kind === 'sandbox') return known
  return { ...known, clock: steadyClock(nowMs) }
}

/** The zone of the account's clock, as it was last found; null where it was not asked yet. Never throws. */
export async function keptAccountZone(
  store: Pick<ProgressStore, 'knownSite'>,
  config: Config,
): Promise<string | null> {
  const asked = askedBy(config)
  if (asked === null) return null
  const text = await store.knownSite(asked).catch(() => null) // a store that is away is said elsewhere
  return readKnown(text)?.accountZone ?? null
}

/** Null for one of another version: it is found anew. */
function readKnown(text: string | null): KnownSite | null {
  const known: unknown = text === null ? null : JSON.parse(text)
  return Check(KnownSite, known) ? known : null
}

/** A steady clock in the same numbers, whenever it was looked at: what did not change is not written again. */
function sameEachTime(clock: SiteClock): SiteClock {
  return clock.rate === 1 ? steadyClock(0, clock.siteMs - clock.machineMs) : clock
}

/** Names what the settings ask for. Null for a sandbox that was never started: it has no past yet, and no name. */
function askedBy({ jira, projectKey, dataDir }: Config): string | null {
  const wanted = jira.kind === 'site' ? siteWanted(jira) : sandboxWanted(dataDir)
  if (wanted === null) return null
  return createHash('sha256')
    .update(JSON.stringify([...wanted, projectKey]))
    .digest('hex')
}

function siteWanted({ url, user, watch, watchOfEnvironment }: Extract<Config['jira'], { kind: 'site' }>) {
  return [url, user, watch.field.id, ...watch.ids, watchOfEnvironment?.field ?? null]
}

/** Each file is a sandbox of its own. The number of one that was deleted may be another's soon. */
function sandboxWanted(dataDir: string): (string | number)[] | null {
  const file = path.join(dataDir, 'sandbox.sqlite')
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? null : [file, stats.ino, stats.birthtimeMs]
}
