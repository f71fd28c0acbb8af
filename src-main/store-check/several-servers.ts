import type { PostgresConfig } from '../config/config.ts'
import { serversLabel } from '../config/store-config.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import { CONNECT_MS, tlsOptions } from '../store/postgres/connection/client.ts'
import { NoPrimaryError } from '../store/postgres/connection/failure.ts'
import { createPrimaryChoice, troubleOf, type FoundServer } from '../store/postgres/connection/primary.ts'
import type { WaitParts } from './connect-steps.ts'

interface PickParts extends WaitParts {
  readonly password: () => Promise<string | null>
}

/** Of several servers the one that takes writes, chosen as the store does, with what is wrong with the others. */
export async function pickServer(
  config: PostgresConfig,
  { password, clock, signal }: PickParts,
): Promise<StepOutcome<PostgresConfig>> {
  const primary = createPrimaryChoice(config, { ssl: tlsOptions(config), clock })
  const login = { user: config.user, password: await password() }
  try {
    const { config: chosen, findings } = await primary.choose(login, signal, CONNECT_MS)
    const message = `Of ${findings.length} servers ${serversLabel(chosen)} takes the writes`
    const troubles = findings.filter((one) => one.config !== chosen).flatMap((one) => trouble(one))
    if (troubles.length === 0) return fine(`${message}.`, chosen)
    return warning(
      {
        message: `${message}; ${troubles.join('; ')}.`,
        hint: 'After a failover to such a server Jira TPM has no store: have each of them answer, and let it in.',
      },
      chosen,
    )
  } catch (error) {
    if (error instanceof NoPrimaryError) return failed(error)
    throw error
  }
}

function trouble({ config, identity, error }: FoundServer): string[] {
  const label = serversLabel(config)
  if (error !== null) return [`${label} ${troubleOf(error, config)}`]
  if (identity === null) return [`${label} did not answer in time`]
  return identity.takesWrites ? [`${label} takes writes, too, but is a primary of before`] : []
}
