import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../runtime/log.ts'
import type { CredentialsHolder } from '../store/postgres/connection/credentials.ts'
import {
  leaseLogin,
  loginEndMs,
  renewLogin,
  revokeLogin,
  type HeldLogin,
  type DatabaseLeaseParts,
} from './database-lease.ts'
import { isRunningOut } from './lease.ts'
import { isAnswered } from './tokens.ts'

/** The users of the database that we have: one that is used, and those that are just being left. All throw VaultErrors. */
export interface HeldLogins {
  /** Null before the first, and after one whose lease ended. */
  current(): HeldLogin | null
  /** The one of now, or the last that there was. */
  last(): HeldLogin | null
  /** Has the first one made, or one after another's end. */
  begin(): Promise<void>
  /** Renews the lease. Says whether that was for as long as it was given for, and not refused. */
  renew(login: HeldLogin): Promise<boolean>
  /** Goes over to another one. Throws also why the server does not take it: then the former one stays. */
  replace(): Promise<void>
  /** Forgets the one of now where its lease is over; says whether it was. */
  dropEnded(): boolean
  /** Gives all of them back. */
  stop(within: AbortSignal): Promise<void>
}

export interface HeldLoginsParts extends DatabaseLeaseParts {
  readonly place: { readonly mount: string; readonly role: string }
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** `holders`: whose connections are made with them. `signal`: nothing is asked for any more. */
export function createHeldLogins(
  parts: HeldLoginsParts,
  holders: ReadonlySet<CredentialsHolder>,
  signal: AbortSignal,
): HeldLogins {
  const { client, clock, log, place } = parts
  let held: HeldLogin | null = null
  let last: HeldLogin | null = null
  /** Those that new connections are not made with any more, or not yet. */
  const others = new Set<HeldLogin>()

  const giveBack = async (login: HeldLogin, within: AbortSignal): Promise<void> => {
    others.delete(login)
    await revokeLogin(client, login, within).catch((error: unknown) => {
      const why = toWireError(error).message
      log.info({ why }, 'a database user was not given back, and ends with its lease')
    })
  }
  /** New connections are made with it from here on; the former user's finish what they are at. */
  const adopt = (next: HeldLogin): void => {
    const former = held
    held = next
    last = next
    const moved = Promise.all([...holders].map((holder) => holder.moveOver()))
    if (former === null) return
    log.info({ user: next.login.user }, 'the store goes over to another user of the database')
    others.add(former)
    void moved.then(() => (signal.aborted ? undefined : giveBack(former, signal)))
  }
  return {
    current: () => held,
    last: () => held ?? last,
    begin: async () => adopt(await leaseLogin(parts, place, signal)),
    async renew(login) {
      try {
        login.lease = await renewLogin(parts, login, signal)
        return !isRunningOut(login.lease)
      } catch (error) {
        if (!isAnswered(error)) throw error
        return false
      }
    },
    async replace() {
      const next = await leaseLogin(parts, place, signal)
      others.add(next)
      try {
        for (const holder of holders) await holder.tryOut(next.login)
      } catch (error) {
        await giveBack(next, signal)
        throw error
      }
      others.delete(next)
      adopt(next)
    },
    dropEnded() {
      if (held === null || clock.now() < loginEndMs(held)) return false
      held = null
      log.warn('the lease of the database user has ended')
      return true
    },
    async stop(within) {
      const all = [...others, ...(held === null ? [] : [held])]
      held = null
      await Promise.all(all.map((login) => giveBack(login, within)))
    },
  }
}
