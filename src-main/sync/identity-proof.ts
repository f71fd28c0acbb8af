import type { Clock } from '../clock.ts'
import type { Jira } from '../jira/jira.ts'

const PROOF_LASTS_MS = 3_600_000

/**
 * Jira may answer an expired token like an empty site, so who we are is asked for before an answer is believed.
 * Both throw `not-authenticated` where Jira does not know us.
 */
export interface IdentityProof {
  /** Asks unless the last proof is less than an hour old. */
  prove(signal: AbortSignal): Promise<void>
  /** Asks in any case. */
  proveAgain(signal: AbortSignal): Promise<void>
  /** Jira did not know us after all: the next `prove` asks. */
  forget(): void
}

export function createIdentityProof(jira: Pick<Jira, 'identity'>, clock: Clock): IdentityProof {
  let provenMs: number | null = null
  const proveAgain = async (signal: AbortSignal): Promise<void> => {
    provenMs = null
    await jira.identity(signal)
    provenMs = clock.now()
  }
  return {
    prove: async (signal) => {
      if (provenMs === null || clock.now() - provenMs >= PROOF_LASTS_MS) await proveAgain(signal)
    },
    proveAgain,
    forget: () => void (provenMs = null),
  }
}
