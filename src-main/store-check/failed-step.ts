import type { StoreStep } from '../../src-shared/contract/store.ts'
import type { ErrorCode } from '../../src-shared/errors/app-error.ts'

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
