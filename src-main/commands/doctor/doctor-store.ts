import { AppError, type ErrorCode } from '../../../src-shared/errors/app-error.ts'
import type { Config, PostgresConfig } from '../../config/config.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { Step } from '../../runtime/steps.ts'
import { resolvePassword, type Secrets } from '../../secrets/secrets.ts'
import { checkStore } from '../../store-check/check-store.ts'
import { codeOfStoreStep, failedStoreStep } from '../../store-check/failed-step.ts'
import { openStore } from '../../store/open-store.ts'
import { endMs } from '../../vault/lease.ts'
import { createVault, type Vault } from '../../vault/vault.ts'
import { createStepChanges } from '../cli/progress.ts'

export interface Finding {
  readonly message: string
  /** Where there is one, the finding is a warning. */
  readonly hint?: string
}

/** What one look found, as a step; the code is that of the AppError that it ended with. */
export async function found(
  id: string,
  look: () => Promise<Finding>,
): Promise<Step<string> & { readonly code: ErrorCode | null }> {
  try {
    const { message, hint = '' } = await look()
    return { id, state: hint === '' ? 'ok' : 'warning', message, hint, code: null }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    return { id, state: 'failed', message: error.message, hint: error.hint, code: error.code }
  }
}

interface StoreParts {
  readonly secrets: Secrets
  /** Null: it is not used. */
  readonly vault: Vault | null
  readonly log: Log
  readonly signal: AbortSignal
  /** Called with each step as it ends. */
  readonly onStep: (step: Step<string>) => void
}

interface TriedStore {
  readonly steps: readonly Step<string>[]
  /** Of the step that failed; null where none did. */
  readonly code: ErrorCode | null
}

/** Whether the store can be used: a file by opening it, a PostgreSQL server step by step. */
export async function tryStore({ store }: Config, parts: StoreParts): Promise<TriedStore> {
  const { secrets, vault, log, signal, onStep } = parts
  if (store.kind === 'sqlite') {
    const { code, ...step } = await found('store', async (): Promise<Finding> => {
      const opened = await openStore(store, { clock: machineClock, log, password: null })
      await opened.close()
      return { message: store.file }
    })
    onStep(step)
    return { steps: [step], code }
  }
  if (store.credentials === 'vault') {
    const { code, leased } = await leasedLogin(store, vault, parts)
    return leased === null ? { steps: [], code } : check(leased, async () => leased.password, parts)
  }
  return check(store, () => resolvePassword(store, secrets, signal), parts)
}

/** What Vault gives for the store; null where it gives nothing, which its own steps have reported. */
async function leasedLogin(
  store: PostgresConfig,
  vault: Vault | null,
  { signal }: StoreParts,
): Promise<{ readonly leased: PostgresConfig | null; readonly code: ErrorCode | null }> {
  try {
    const login = (await vault?.database(signal))?.now()
    return { leased: login === undefined ? null : { ...store, ...login }, code: null }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    return { leased: null, code: error.code }
  }
}

async function check(
  store: PostgresConfig,
  password: () => Promise<string | null>,
  { signal, onStep }: StoreParts,
): Promise<TriedStore> {
  const changed = createStepChanges(onStep)
  const checked = await checkStore(store, { password, clock: machineClock, signal, onChange: changed })
  const failed = failedStoreStep(checked)
  return { steps: checked.steps, code: failed === null ? null : codeOfStoreStep(failed.id) }
}

/** The Vault that is set, asked for nothing yet; null where none is used. */
export function openDoctorVault({ vault, network }: Config, log: Log): Vault | null {
  return vault === null ? null : createVault(vault, { network, clock: machineClock, log })
}

/**
 * Whether Vault is there and open, knows us, and gives what we use of it. After a step that failed the next are not tried;
 * `look` runs one, and says whether it did not fail.
 */
export async function tryVault(
  config: Config,
  vault: Vault,
  signal: AbortSignal,
  look: (id: string, check: () => Promise<Finding>) => Promise<boolean>,
): Promise<void> {
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
