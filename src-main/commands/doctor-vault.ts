import { machineClock } from '../runtime/clock.ts'
import type { Config } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import { endMs } from '../vault/lease.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import type { Finding } from './doctor-finding.ts'

/** The Vault that is set, asked for nothing yet; null where none is used. */
export function openDoctorVault({ vault, network }: Config, log: Log): Vault | null {
  return vault === null ? null : createVault(vault, { network, clock: machineClock, log })
}

interface VaultSteps {
  readonly signal: AbortSignal
  /** Runs one step; one that throws an AppError has failed. Says whether it did not. */
  readonly look: (id: string, check: () => Promise<Finding>) => Promise<boolean>
}

/** Whether Vault is there and open, knows us, and gives what we use of it. After a step that failed the next are not tried. */
export async function tryVault(config: Config, vault: Vault, { signal, look }: VaultSteps): Promise<void> {
  const isOpen = await look('vault', async () => {
    const { sealed, initialized } = await vault.sealStatus(signal)
    if (!initialized)
      return { message: `Vault at ${vault.host} was never initialized.`, hint: 'vault operator init' }
    if (!sealed) return { message: `Vault at ${vault.host} is there, and unsealed.` }
    return { message: `Vault at ${vault.host} is sealed.`, hint: 'Have it unsealed (vault operator unseal).' }
  })
  if (!isOpen) return
  const isKnown = await look('vault-token', async () => {
    const { lease } = await vault.token(signal)
    const how = config.vault?.auth.kind === 'app-role' ? 'Logged in by the AppRole' : 'VAULT_TOKEN is known'
    const end = endMs(lease)
    return {
      message: `${how}; the token ${Number.isFinite(end) ? `lasts until ${instant(end)}` : 'never ends'}.`,
    }
  })
  if (!isKnown) return
  if (config.store.kind === 'postgres' && config.store.credentials === 'vault') {
    await look('vault-database', async () => {
      const { user } = (await vault.database(signal)).now()
      return { message: `Vault made the database user ${user}, who is given back when the doctor is done.` }
    })
  }
  if (config.jira.kind === 'site' && config.jira.tokenFrom === 'vault') {
    await look('vault-kv', async () => {
      const account = await vault.jiraAccount(signal)
      const { mount = '', path = '' } = config.vault?.kv ?? {}
      if (account !== null) return { message: `The Jira token is at ${mount}/${path}.` }
      return {
        message: `There is no secret at ${mount}/${path}: the keychain is asked for the Jira token.`,
        hint: `vault kv put -mount=${mount} ${path} api_token=-`,
      }
    })
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
