import type { StoreCheck, StoreStep } from '../../src-shared/contract/store.ts'
import type { ErrorCode } from '../../src-shared/errors/app-error.ts'

/** The step that keeps a store from being used; null where all is well. */
export function failedStoreStep({ steps }: StoreCheck): StoreStep | null {
  return steps.find(({ state }) => state === 'failed') ?? null
}

const CODES: Readonly<Partial<Record<StoreStep['id'], ErrorCode>>> = {
  host: 'store-unavailable',
  port: 'store-unavailable',
  password: 'not-authenticated',
  tables: 'store-unavailable',
}

/** A failed step as the parts of an AppError. */
export function codeOfStoreStep(id: StoreStep['id']): ErrorCode {
  return CODES[id] ?? 'not-configured'
}
