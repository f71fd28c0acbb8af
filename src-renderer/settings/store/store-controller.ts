import type { Client } from '../../../src-shared/contract/client.ts'
import {
  STORE_STEPS,
  type StoreCheck,
  type StoreSettings,
  type StoreStep,
} from '../../../src-shared/contract/store.ts'
import { createFormController, untriedSteps, type FormState } from '../form/form-controller.ts'
import { draftOf, fieldsOf, problemsOf, serverOf, type StoreFields } from './store-fields.ts'

export const storeCheckTitles: Record<StoreStep['id'], string> = {
  host: 'Host',
  port: 'Port',
  tls: 'Encryption',
  password: 'User and password',
  database: 'Database',
  version: 'Version',
  rights: 'Rights',
  tables: 'Tables',
}

/** What the form of the store knows. */
export type StoreFormState = FormState<StoreSettings, StoreFields>

const emptyStoreForm: StoreFormState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untriedSteps(STORE_STEPS),
  busy: null,
  outcome: null,
}

/** Where a person tries a PostgreSQL server, or goes over to it or to the file, which needs no check. */
export function createStoreController(client: Client) {
  return createFormController<StoreFormState, StoreCheck>(client, {
    empty: emptyStoreForm,
    fieldsOf,
    problemsOf: ({ fields }) => problemsOf(fields),
    read: () => client.call('settings.store', {}),
    check: (fields) => client.call('settings.checkStore', serverOf(fields)),
    take: (fields) => client.call('settings.useStore', draftOf(fields)),
    onProgress: (listener) => client.on('store-check.changed', listener),
    found: (_state, { steps }) => ({ steps }),
    texts: ({ kind }) => ({
      titles: storeCheckTitles,
      good: 'This database can be used',
      done: `${kind === 'sqlite' ? 'This computer’s file' : 'This database'} is used from now on`,
      not: 'Not used',
    }),
  })
}

export type StoreController = ReturnType<typeof createStoreController>
