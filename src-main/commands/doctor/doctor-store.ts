import { AppError, type ErrorCode } from '../../../src-shared/errors/app-error.ts'
import type { createStoreAccess } from '../../app/store-access.ts'
import type { Config, PostgresConfig } from '../../config/config.ts'
import { serversOf, withServer } from '../../config/postgres-config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { failedStep, type Step } from '../../runtime/steps.ts'
import { resolvePassword, type Secrets } from '../../secrets/secrets.ts'
import { checkStore } from '../../store-check/check-store.ts'
import { codeOfStoreStep } from '../../store-check/failed-step.ts'
import { failoverText, replicationOf } from '../../store-check/failover.ts'
import { replicaText } from '../../store-check/replica.ts'
import { openStore } from '../../store/open-store.ts'
import { tlsOptions } from '../../store/postgres/connection/client.ts'
import { serverNames, toStoreError } from '../../store/postgres/connection/errors.ts'
import { createLink } from '../../store/postgres/connection/link.ts'
import { endMs } from '../../vault/lease.ts'
import type { Vault } from '../../vault/vault.ts'
import { createStepChanges } from '../cli/progress.ts'

export interface LookResult {
  readonly message: string
  /** Where there is one, the finding is a warning. */
  readonly hint?: string
}

/** What has been found so far; `onStep` is called with each step as it ends. */
export function createFindings(onStep: (step: Step<string>) => void) {
  const steps: Step<string>[] = []
  const codes: ErrorCode[] = []
  return {
    steps,
    /** Of what failed. */
    codes,
    /** What one look found, as a step; true where that is well. */
    look: async (id: string, see: () => LookResult | Promise<LookResult>): Promise<boolean> => {
      let step: Step<string>
      try {
        const { message, hint = '' } = await see()
        step = { id, state: hint === '' ? 'ok' : 'warning', message, hint }
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled') throw error
        codes.push(error.code)
        step = { id, state: 'failed', message: error.message, hint: error.hint }
      }
      steps.push(step)
      onStep(step)
      return step.state === 'ok'
    },
    /** Called with a check of several steps as it goes on. */
    onChange: createStepChanges(onStep),
  }
}

/** What the doctor looks with. */
export interface DoctorParts {
  readonly findings: ReturnType<typeof createFindings>
  readonly secrets: Secrets
  /** Null: it is not used. */
  readonly vault: Vault | null
  /** Opens the store that is set, as `createStoreAccess` does. */
  readonly open: ReturnType<typeof createStoreAccess>['open']
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Whether the store can be used: a file by opening it, a PostgreSQL server step by step. True where it can be opened and no
 * table is made or changed by that.
 */
export async function tryStore({ store }: Config, parts: DoctorParts): Promise<boolean> {
  const { findings, secrets, log, signal } = parts
  if (store.kind === 'sqlite') {
    return findings.look('store', async () => {
      const opened = await openStore(store, { clock: machineClock, log, password: null })
      await opened.close()
      return { message: store.file }
    })
  }
  if (store.credentials !== 'vault') return check(store, () => resolvePassword(store, secrets, signal), parts)
  const leased = await leasedLogin(store, parts)
  return leased !== null && check(leased, async () => leased.password, parts)
}

/** What Vault gives for the store; null where it gives nothing, which its own steps have reported. */
async function leasedLogin(
  store: PostgresConfig,
  { findings, vault, signal }: DoctorParts,
): Promise<PostgresConfig | null> {
  try {
    const login = (await vault?.database(signal))?.now()
    return login === undefined ? null : { ...store, ...login }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    findings.codes.push(error.code)
    return null
  }
}

async function check(
  store: PostgresConfig,
  password: () => Promise<string | null>,
  { findings, signal }: DoctorParts,
): Promise<boolean> {
  const { onChange } = findings
  let failover: LookResult | null = null
  let replica: LookResult | null = null
  let server = store
  const { check: checked, isReady } = await checkStore(store, {
    password,
    clock: machineClock,
    signal,
    onChange,
    onDone: async (client) => {
      server = withServer(store, { host: client.host, port: client.port })
      failover = failoverText(await replicationOf(client), serversOf(store).length)
      const { replica: copy, credentials } = store
      if (copy === undefined) return
      const login = credentials === 'vault' && copy.credentials === 'vault' ? store : copy
      replica = await replicaText(copy, login, client)
    },
  })
  const lookAt = async (name: string, found: LookResult | null): Promise<void> => {
    if (found !== null) await findings.look(name, () => found)
  }
  findings.steps.push(...checked.steps)
  const blocker = failedStep(checked)
  if (blocker !== null) findings.codes.push(codeOfStoreStep(blocker.id))
  await lookAt('failover', failover)
  await lookAt('replica', replica)
  if (!isReady || server.pooler === undefined) return isReady
  return findings.look('pooler', async () => lookThrough({ ...server, password: await password() }))
}

/** By which way what is sent to a server behind a pooler goes. Throws AppErrors. */
async function lookThrough(store: PostgresConfig): Promise<LookResult> {
  const unheard = { onNotice: () => {}, onBroken: () => {} }
  const link = createLink({ config: store, ssl: tlsOptions(store), clock: machineClock, ...unheard }, store)
  try {
    await link.connect()
    await link.read((send) => send('SELECT 1'))
  } catch (error) {
    throw toStoreError(error, serverNames(store))
  } finally {
    link.cut(new Error('The look is over'))
  }
  const label = storeLabel({ ...store, ...store.pooler })
  return {
    message: `Reads and short transactions go through the pooler at ${label}; commits are heard, and leases and tables changed, past it.`,
  }
}

/** Whether Vault is there and open, knows us, and gives what we use of it. After a step that is not well the next are not tried. */
export async function tryVault(
  config: Config,
  vault: Vault,
  { findings: { look }, signal }: DoctorParts,
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
