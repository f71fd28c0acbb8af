import type { ErrorCode } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Log } from '../log.ts'
import { resolvePassword, type Secrets } from '../secrets/secrets.ts'
import { checkStore } from '../store-check/check-store.ts'
import { codeOfStoreStep, hindranceToStore } from '../store-check/hindrance.ts'
import { openStore } from '../store/open-store.ts'
import type { Step } from '../steps.ts'
import { found, type Finding } from './doctor-finding.ts'
import { createStepChanges } from './preflight-lines.ts'

interface StoreParts {
  readonly secrets: Secrets
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
  const { secrets, log, signal, onStep } = parts
  if (store.kind === 'sqlite') {
    const { code, ...step } = await found('store', async (): Promise<Finding> => {
      const opened = await openStore(store, { clock: machineClock, log, password: null })
      await opened.close()
      return { message: store.file }
    })
    onStep(step)
    return { steps: [step], code }
  }
  const changed = createStepChanges(onStep)
  const check = await checkStore(store, {
    password: () => resolvePassword(store, secrets, signal),
    clock: machineClock,
    signal,
    onChange: changed,
  })
  const failed = hindranceToStore(check)
  return { steps: check.steps, code: failed === null ? null : codeOfStoreStep(failed.id) }
}
