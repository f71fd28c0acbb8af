import { AppError, fromWireError } from '../../src-shared/errors/app-error.ts'
import { wrapJira, type Jira } from '../jira/jira.ts'
import { unknownProject } from '../jira/watched.ts'
import type { Clock } from '../runtime/clock.ts'
import type { StoreConnection } from '../store/store.ts'
import { isOfStore } from './failure-policy.ts'
import type { SyncJira } from './sync.ts'

const PROOF_LASTS_MS = 3_600_000

export type IdentityProof = ReturnType<typeof createIdentityProof>

/**
 * Jira may answer an expired token like an empty site, so who we are is asked for before an answer is believed.
 * Throws `not-authenticated` where Jira does not know us.
 */
export function createIdentityProof(jira: Pick<Jira, 'identity'>, clock: Clock) {
  let provenMs: number | null = null
  let accountId: string | null = null
  const proveAgain = async (signal: AbortSignal): Promise<void> => {
    try {
      accountId = (await jira.identity(signal)).accountId
      provenMs = clock.now()
    } catch (error) {
      if (!isOfStore(error)) provenMs = null
      throw error
    }
  }
  return {
    /** Asks unless the last proof is younger than `lastsMs` (an hour where it is not given). */
    prove: async (signal: AbortSignal, lastsMs: number = PROOF_LASTS_MS) => {
      // Of a proof that seems to come yet, because the clock was set back, the age is not known.
      const ageMs = provenMs === null ? Infinity : clock.now() - provenMs
      if (ageMs < 0 || ageMs >= lastsMs) await proveAgain(signal)
    },
    /** Asks in any case. */
    proveAgain,
    /** Jira did not know us after all: the next `prove` asks. */
    forget: () => void (provenMs = null),
    /** Who Jira said we are; null before the first proof. */
    accountId: (): string | null => accountId,
  }
}

/** The answers that say in a header for whom they are. */
interface Addressed {
  readonly accountId: string | null
}

/**
 * A Jira whose searches only give answers that were meant for us. One that names no account, or another, may be that
 * of a lost log-in, which looks like an empty site: Jira is asked who we are, and then for the page again. Only where
 * it never names anybody (a gateway may take the header out) is such a page believed on a proof after it alone. Throws
 * `not-authenticated`, or `jira-broken` where a page stays that of somebody else.
 */
export function believeOnlyOurs(
  jira: Pick<Jira, 'search' | 'searchIds'>,
  identity: IdentityProof,
): Pick<Jira, 'search' | 'searchIds'> {
  let names: 'always' | 'never' | 'unknown' = 'unknown'

  const isOurs = ({ accountId }: Addressed): boolean => {
    if (accountId === null || accountId !== identity.accountId()) return false
    names = 'always'
    return true
  }
  async function believed<T extends Addressed>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const page = await ask()
    if (isOurs(page)) return page
    await identity.proveAgain(signal)
    if (page.accountId === null && names === 'never') return page
    const again = await ask()
    if (isOurs(again)) return again
    if (again.accountId !== null || names === 'always') throw notForUs()
    names = 'never'
    await identity.proveAgain(signal)
    return again
  }

  return {
    search: (query, signal) => believed(() => jira.search(query, signal), signal),
    searchIds: (query, signal) => believed(() => jira.searchIds(query, signal), signal),
  }
}

/** An answer that is not to be believed, although Jira knows us. */
export function notForUs(): AppError {
  return new AppError(
    'jira-broken',
    'Jira answered a search as if somebody else had asked, although it knows us.',
    {
      consequence: 'Nothing was changed by that answer.',
      hint: 'While it is open, Jira TPM tries again by itself. If it goes on, ask your Jira administrator what stands between.',
      retryable: true,
    },
  )
}

/**
 * A project whose key was changed still answers to its old one, with tickets of the new: taken as they are, all of them
 * would have been moved away. So where tickets of another project come, it is asked whether ours is still there. Throws
 * `not-configured` where it is not; then nothing of the page is stored.
 */
export function refuseRenamed(
  jira: Pick<Jira, 'search' | 'projects'>,
  projectKey: string | null,
): Pick<Jira, 'search'> {
  if (projectKey === null) return jira
  return {
    async search(query, signal) {
      const page = await jira.search(query, signal).catch(async (error: unknown) => {
        // A 400, or Jira's own words for it. It may be hidden for a while only: so it is a plain no as before.
        if (!(error instanceof AppError) || error.code !== 'jira-refused') throw error
        const keys = (await jira.projects(signal)).map(({ key }) => key)
        if (keys.includes(projectKey)) throw error
        const consequence = 'Nothing was fetched; what is stored stays as it is.'
        throw unknownProject(projectKey, keys, { code: 'jira-refused', consequence })
      })
      const other = page.tickets.find((ticket) => ticket.projectKey !== projectKey)
      if (other === undefined) return page
      const projects = await jira.projects(signal)
      if (projects.some(({ key }) => key === projectKey)) return page
      throw renamed(projectKey, other.projectKey)
    },
  }
}

function renamed(projectKey: string, otherKey: string): AppError {
  return new AppError(
    'not-configured',
    `The project ${projectKey} is not there any more, but its tickets come as those of ${otherKey}: its key seems to have been changed.`,
    {
      consequence: 'What is stored stays as it is.',
      hint: `Choose the project ${otherKey}, in the settings or with --project.`,
    },
  )
}

/**
 * A Jira that is asked only while its answers can be kept: each call throws the store's failure where that is out of
 * reach, and nothing is sent to Jira.
 */
export function askWhileStored(jira: SyncJira, store: Pick<StoreConnection, 'health'>): SyncJira {
  return wrapJira(async (call) => {
    const health = store.health()
    if (health.state === 'down') throw fromWireError(health.failure)
    return call(jira as Jira)
  })
}
