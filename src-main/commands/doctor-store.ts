import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Config, PostgresConfig } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import { resolvePassword, type Secrets } from '../secrets/secrets.ts'
import { checkStore } from '../store-check/check-store.ts'
import { codeOfStoreStep, hindranceToStore } from '../store-check/hindrance.ts'
import { openStore } from '../store/open-store.ts'
import type { Step } from '../runtime/steps.ts'
import type { Vault } from '../vault/vault.ts'
import { found, type Finding } from './doctor-finding.ts'
import { createStepChanges } from './preflight-lines.ts'

interface StoreParts {
  readonly secrets: Secrets
  /** Null: it is not used. */
  readonly vault: Vault | null
  readonly log: Log
  readonly signal: AbortSignal
  /** Hears of each step as it ends. */
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

/** What Vault gives for the store; null where it gives nothing, which its own steps have told. */
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
  const checked = await checkStore(store, {
    password,
    clock: machineClock,
    signal,
    onChange: changed,
  })
  const failed = hindranceToStore(checked)
  return { steps: checked.steps, code: failed === null ? null : codeOfStoreStep(failed.id) }
}
