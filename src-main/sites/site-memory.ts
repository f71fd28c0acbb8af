import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { Priority as PrioritySchema } from '../../src-shared/contract/schema.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { JiraAddress } from '../jira/find-jira.ts'
import type { Pause } from '../jira/rate-limiter.ts'
import type { Log } from '../runtime/log.ts'
import { limit } from '../runtime/async.ts'

export type SiteMemory = ReturnType<typeof createSiteMemory>

const SiteEntry = Type.Object({
  server: Type.Optional(
    Type.Object({
      deployment: Type.Union([Type.Literal('cloud'), Type.Literal('data-center')]),
      apiUrl: Type.String(),
    }),
  ),
  watched: Type.Optional(Type.Object({ choice: Type.String(), values: Type.Array(PrioritySchema) })),
  /** By account. */
  pauses: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        setMs: Type.Number(),
        untilMs: Type.Number(),
        reason: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  ),
})
type SiteEntry = Static<typeof SiteEntry>
const Sites = Type.Record(Type.String(), SiteEntry)
type Sites = Static<typeof Sites>

/**
 * What each site said of itself the last time, so that what is stored can be shown while it does not answer. A copy of
 * Jira's own words: where it is gone, Jira is asked again.
 */
export function createSiteMemory(dataDir: string, log: Log) {
  const file = path.join(dataDir, 'sites.json')
  const inTurn = limit(1)
  const remember = (siteId: string, part: (entry: SiteEntry) => SiteEntry): Promise<void> =>
    inTurn(() => write(siteId, part))
  const write = async (siteId: string, part: (entry: SiteEntry) => SiteEntry): Promise<void> => {
    const sites = await readSites(file)
    const entry = sites[siteId] ?? {}
    const next = { ...sites, [siteId]: { ...entry, ...part(entry) } }
    if (JSON.stringify(next) === JSON.stringify(sites)) return
    try {
      const draft = `${file}.${process.pid}`
      await writeFile(draft, `${JSON.stringify(next, null, 2)}\n`)
      await rename(draft, file) // another process reads the whole of it, or the former
    } catch (error) {
      // Without it the next session needs Jira's answer, nothing more.
      log.warn({ err: error }, 'what the site said could not be remembered')
    }
  }
  return {
    server: async (siteId: string): Promise<JiraAddress | null> =>
      (await readSites(file))[siteId]?.server ?? null,
    rememberServer: (siteId: string, { deployment, apiUrl }: JiraAddress) =>
      remember(siteId, () => ({ server: { deployment, apiUrl } })),
    /** `choice` names what was chosen to be watched. */
    async watched(siteId: string, choice: string): Promise<readonly Priority[] | null> {
      const last = (await readSites(file))[siteId]?.watched
      return last?.choice === choice ? last.values : null
    },
    rememberWatched: (siteId: string, choice: string, values: readonly Priority[]) =>
      remember(siteId, () => ({ watched: { choice, values: [...values] } })),
    pause: async (address: string, account: string): Promise<Pause | null> =>
      (await readSites(file))[address]?.pauses?.[account] ?? null,
    rememberPause: (address: string, account: string, pause: Pause) =>
      remember(address, ({ pauses }) => ({ pauses: { ...pauses, [account]: { ...pause } } })),
  }
}

/** Real milliseconds that an opening waits for a Jira whose answer of the last time is known: then that holds. */
const MAX_WAIT_MS = 3_000

/** For a question to Jira: soon given up where `remembered` can take the answer's place. */
export function soonWhere(remembered: unknown, signal: AbortSignal): AbortSignal {
  return remembered === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(MAX_WAIT_MS)])
}

async function readSites(file: string): Promise<Sites> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Check(Sites, content) ? content : {}
  } catch {
    return {} // not there, or spoilt
  }
}
