import { createContext, useContext } from 'react'
import type { Client } from '../../../src-shared/contract/client.ts'
import {
  STORE_STEPS,
  type StoreCheck,
  type StoreDraft,
  type StoreSettings,
  type StoreStep,
} from '../../../src-shared/contract/store.ts'
import { createStateStore, useStore, type StateStore } from '../../state-store.ts'
import {
  attempt,
  canSend,
  checkOutcome,
  edited,
  fail,
  isFixed,
  isTrying,
  takeOutcome,
  untriedSteps,
  whenKnown,
  withSettings,
  type FormState,
  type AttemptOutcome,
} from '../form/form-state.ts'
import { useField, type FieldState } from '../form/text-field.tsx'
import { draftOf, fieldsOf, problemsOf, serverOf, type StoreFields } from './store-fields.ts'

export const StoreControllerContext = createContext<StoreController | null>(null)

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

const untried: StoreFormState['steps'] = untriedSteps(STORE_STEPS)

const emptyStoreForm: StoreFormState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  busy: null,
  outcome: null,
}

/** Where a person tries a store, or goes over to it. Nothing here throws: what failed is the outcome. */
export function createStoreController(client: Client) {
  const store = createStateStore(emptyStoreForm)
  let known = Promise.resolve()
  return {
    store,
    /** Listens and asks what is set, until the returned function is called. */
    open(): () => void {
      const look = (): void => void (known = lookAgain(client, store))
      const listening = [
        client.on('store-check.changed', ({ steps }) => {
          if (isTrying(store.get())) put(store, { steps })
        }),
        client.on('session.changed', look),
      ]
      look()
      return () => listening.forEach((unsubscribe) => unsubscribe())
    },
    edit: (part: Partial<StoreFields>): void => store.set((state) => edited(state, part)),
    /** Of a PostgreSQL server: a file needs no check. */
    check: (): void => whenKnown(store, known, () => check(client, store)),
    use: (): void => whenKnown(store, known, () => use(client, store)),
  }
}

export type StoreController = ReturnType<typeof createStoreController>

async function lookAgain(client: Client, store: StateStore<StoreFormState>): Promise<void> {
  try {
    const settings = await client.call('settings.store', {})
    store.set((state) => withSettings(state, settings, fieldsOf))
  } catch (error) {
    fail(store, error)
  }
}

async function check(client: Client, store: StateStore<StoreFormState>): Promise<void> {
  const { fields } = store.get()
  if (!canSend(store, problemsOf(fields))) return
  await attempt(store, 'checking', async () => {
    put(store, { steps: untried })
    const checked = await client.call('settings.checkStore', serverOf(fields))
    put(store, { steps: checked.steps, outcome: storeCheckOutcome(checked) })
  })
}

async function use(client: Client, store: StateStore<StoreFormState>): Promise<void> {
  if (isFixed(store.get())) return
  const { fields } = store.get()
  if (!canSend(store, problemsOf(fields))) return
  await attempt(store, 'taking', async () => {
    put(store, { steps: untried })
    const checked = await client.call('settings.useStore', draftOf(fields))
    put(store, { steps: checked.steps, outcome: takeStoreOutcome(checked, fields.kind) })
    if (checked.state !== 'green') return
    // What was filled in is what is set now; the password is where it belongs.
    const settings = await client.call('settings.store', {})
    put(store, { settings, fields: fieldsOf(settings) })
  })
}

function put(store: StateStore<StoreFormState>, part: Partial<StoreFormState>): void {
  store.set((state) => ({ ...state, ...part }))
}

/** What the form of the store knows. */
export type StoreFormState = FormState<StoreSettings, StoreFields, StoreStep>

/** What a check came to, where nothing was to be changed. */
function storeCheckOutcome(checked: StoreCheck): AttemptOutcome {
  return checkOutcome(checked, storeCheckTitles, 'This database can be used')
}

/** What going over to a store came to. */
function takeStoreOutcome(checked: StoreCheck, kind: StoreDraft['kind']): AttemptOutcome {
  const what = kind === 'sqlite' ? 'This computer’s file' : 'This database'
  return takeOutcome(checked, storeCheckTitles, { done: `${what} is used from now on`, not: 'Not used' })
}

export function useStoreController(): StoreController {
  const controller = useContext(StoreControllerContext)
  if (controller === null) throw new Error('A part of the settings stands outside their page.')
  return controller
}

/** A part of what the form of the store knows. */
export function useStoreFormState<S>(select: (state: StoreFormState) => S): S {
  return useStore(useStoreController().store, select)
}

/** A field of the form of the store. */
export function useStoreField(name: keyof StoreFields): FieldState {
  return useField(useStoreController(), name)
}
