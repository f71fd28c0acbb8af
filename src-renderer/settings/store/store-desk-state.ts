import {
  STORE_STEPS,
  type StoreSettings,
  type StoreStep,
} from '../../../src-shared/contract/settings-models.ts'
import type { FormState } from '../form/form-state.ts'
import { untriedSteps } from '../form/outcome.ts'
import { fieldsOf, type StoreFields } from './store-fields.ts'

/** What the form of the store knows. */
export type StoreDeskState = FormState<StoreSettings, StoreFields, StoreStep>

export const untried: StoreDeskState['steps'] = untriedSteps(STORE_STEPS)

export const emptyStoreDesk: StoreDeskState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  busy: null,
  outcome: null,
}
