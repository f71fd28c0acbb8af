import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'
import type { Step } from '../runtime/steps.ts'

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
