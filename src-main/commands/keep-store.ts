import type { Client } from '../../src-shared/contract/client.ts'
import type { StoreCheck, StoreDraft } from '../../src-shared/contract/settings-models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { codeOfStoreStep, hindranceToStore } from '../store-check/hindrance.ts'
import { orCancelled } from './interrupt.ts'
import { say, type CliIo } from './io.ts'
import { createStepChanges, stepText } from './preflight-lines.ts'

/**
 * Tries a store and keeps it. Each step is told on stderr as it ends. Throws the AppError of the step that failed; then nothing was kept.
 */
export async function keepStore(io: CliIo, client: Client, draft: StoreDraft): Promise<StoreCheck> {
  const leave = client.on(
    'store-check.changed',
    createStepChanges((step) => say(io, stepText(step, io.isTTY ? io.columns - 1 : null))),
  )
  try {
    const check = await orCancelled(client.call('settings.useStore', draft), io.signal, interrupted)
    const step = hindranceToStore(check)
    if (step === null) return check
    throw new AppError(codeOfStoreStep(step.id), `Not used: ${step.message} Nothing was kept.`, {
      hint: step.hint,
    })
  } finally {
    leave()
  }
}

function interrupted(): AppError {
  return new AppError('cancelled', 'Interrupted before the store was kept. Nothing was changed.')
}
