import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { JiraError } from '../jira/errors.ts'
import { wrapJira } from '../jira/jira.ts'
import type { SiteJira } from '../jira/open-jira.ts'
import type { Log } from '../runtime/log.ts'
import type { SiteAccount } from '../secrets/secrets.ts'
import { coalesce } from '../runtime/async.ts'

interface RotatingParts {
  readonly account: SiteAccount
  readonly open: (account: SiteAccount) => SiteJira
  /** What Vault has now. */
  readonly again: () => Promise<SiteAccount>
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** Between two looks whether a token that Jira refuses was replaced (real ms). */
const BETWEEN_LOOKS_MS = 30_000

interface Opened {
  readonly account: SiteAccount
  readonly jira: SiteJira
  /** Calls. */
  underWay: number
}

/**
 * A Jira whose token Vault has. Where Jira refuses the token, Vault is asked once whether there is another by now; if so,
 * the call is done again with it. Jira counts failed log-ins, so nothing is tried again with the same one.
 */
export function createRotatingJira({ account, open, again, clock, log }: RotatingParts): SiteJira {
  const opened = (its: SiteAccount): Opened => ({ account: its, jira: open(its), underWay: 0 })
  let current = opened(account)
  const leaving = createLeavingJiras()
  let lookedMs = -Infinity

  /** Whether another token is there. */
  const look = coalesce(async (refused: Opened): Promise<boolean> => {
    if (elapsedMs(clock) - lookedMs < BETWEEN_LOOKS_MS) return false
    lookedMs = elapsedMs(clock)
    const found = await again().catch((error: unknown) => {
      log.warn({ err: error }, 'Vault does not say whether there is another token')
      return null
    })
    if (found === null || (found.token === refused.account.token && found.user === refused.account.user)) {
      return false
    }
    log.info('Jira refused the token; Vault has another one')
    current = opened(found)
    leaving.leave(refused)
    return true
  })
  /** `mayBeDone`: what was refused may have been done all the same. */
  const call = async <T>(
    work: (jira: SiteJira) => Promise<T>,
    mayBeDone: (error: JiraError) => boolean = () => false,
  ): Promise<T> => {
    const used = current
    try {
      return await leaving.during(used, work)
    } catch (error) {
      if (!(error instanceof JiraError) || error.code !== 'not-authenticated') throw error
      if (used === current && !(await look(used))) throw error
      if (mayBeDone(error)) throw error
      return await leaving.during(current, work)
    }
  }
  return {
    about: (signal) => call((jira) => jira.about(signal)),
    resetAuthGate() {
      lookedMs = -Infinity
      current.jira.resetAuthGate()
    },
    async close() {
      await Promise.all([current.jira.close(), leaving.close()])
    },
    ...wrapJira((asked, _signal, method) =>
      call(asked, method === 'create' || method === 'deleteTicket' ? wasAnswered : undefined),
    ),
  }
}

/** Those that were left: each is closed when its last call has ended. */
function createLeavingJiras() {
  const left = new Set<Opened>()
  const closeWhereLeft = async (one: Opened): Promise<void> => {
    if (one.underWay === 0 && left.delete(one)) await one.jira.close()
  }
  return {
    leave(one: Opened): void {
      left.add(one)
      void closeWhereLeft(one)
    },
    async during<T>(one: Opened, work: (jira: SiteJira) => Promise<T>): Promise<T> {
      one.underWay += 1
      try {
        return await work(one.jira)
      } finally {
        one.underWay -= 1
        void closeWhereLeft(one)
      }
    },
    /** Also those with calls under way. */
    close: () => Promise.all([...left].map(({ jira }) => jira.close())),
  }
}

/** Only a plain 401 has no status here: a success that was not for us may have made the ticket, see `JiraError.status`. */
function wasAnswered({ status }: JiraError): boolean {
  return status !== null
}
