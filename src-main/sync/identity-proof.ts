import type { Clock } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import { isOfStore } from './failure-policy.ts'

const PROOF_LASTS_MS = 3_600_000

/**
 * Jira may answer an expired token like an empty site, so who we are is asked for before an answer is believed.
 * Throws `not-authenticated` where Jira does not know us.
 */
export interface IdentityProof {
  /** Asks unless the last proof is younger than `lastsMs` (an hour where it is not given). */
  prove(signal: AbortSignal, lastsMs?: number): Promise<void>
  /** Asks in any case. */
  proveAgain(signal: AbortSignal): Promise<void>
  /** Jira did not know us after all: the next `prove` asks. */
  forget(): void
  /** Who Jira said we are; null before the first proof. */
  accountId(): string | null
}

export function createIdentityProof(jira: Pick<Jira, 'identity'>, clock: Clock): IdentityProof {
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
    prove: async (signal, lastsMs = PROOF_LASTS_MS) => {
      // Of a proof that seems to come yet, because the clock was set back, the age is not known.
      const ageMs = provenMs === null ? Infinity : clock.now() - provenMs
      if (ageMs < 0 || ageMs >= lastsMs) await proveAgain(signal)
    },
    proveAgain,
    forget: () => void (provenMs = null),
    accountId: () => accountId,
  }
}
