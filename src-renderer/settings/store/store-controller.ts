import { createContext, useContext } from 'react'
import type { Client } from '../../../src-shared/contract/client.ts'
import {
  STORE_STEPS,
  type StoreCheck,
  type StoreDraft,
  type StoreSettings,
  type StoreStep,
} from '../../../src-shared/contract/settings-models.ts'
import { createStore, useStore, type Store } from '../../store.ts'
import {
  attempt,
  canSend,
  checkedWords,
  edited,
  fail,
  isFixed,
  isTrying,
  takenWords,
  untriedSteps,
  whenKnown,
  withSettings,
  type FormState,
  type Outcome,
} from '../form/form-state.ts'
import { useField, type FieldState } from '../form/text-field.tsx'
import { draftOf, fieldsOf, problemsOf, serverOf, type StoreFields } from './store-fields.ts'

/** Where a person tries a store, or goes over to it. Nothing here throws: what failed is the outcome. */
export interface StoreDesk {
  readonly store: Store<StoreDeskState>
  /** Listens and asks what is set, until the returned function is called. */
  readonly open: () => () => void
  readonly edit: (part: Partial<StoreFields>) => void
  /** Of a PostgreSQL server: a file needs no check. */
  readonly check: () => void
  readonly use: () => void
}

export const StoreDeskContext = createContext<StoreDesk | null>(null)

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

const untried: StoreDeskState['steps'] = untriedSteps(STORE_STEPS)

const emptyStoreDesk: StoreDeskState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  busy: null,
  outcome: null,
}

export function createStoreDesk(client: Client): StoreDesk {
  const store = createStore(emptyStoreDesk)
  let known = Promise.resolve()
  return {
    store,
    open() {
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
    edit: (part) => store.set((state) => edited(state, part)),
    check: () => whenKnown(store, known, () => check(client, store)),
    use: () => whenKnown(store, known, () => use(client, store)),
  }
}

async function lookAgain(client: Client, store: Store<StoreDeskState>): Promise<void> {
  try {
    const settings = await client.call('settings.store', {})
    store.set((state) => withSettings(state, settings, fieldsOf))
  } catch (error) {
    fail(store, error)
  }
}

async function check(client: Client, store: Store<StoreDeskState>): Promise<void> {
  const { fields } = store.get()
  if (!canSend(store, problemsOf(fields))) return
  await attempt(store, 'checking', async () => {
    put(store, { steps: untried })
    const checked = await client.call('settings.checkStore', serverOf(fields))
    put(store, { steps: checked.steps, outcome: storeCheckWords(checked) })
  })
}

async function use(client: Client, store: Store<StoreDeskState>): Promise<void> {
  if (isFixed(store.get())) return
  const { fields } = store.get()
  if (!canSend(store, problemsOf(fields))) return
  await attempt(store, 'taking', async () => {
    put(store, { steps: untried })
    const checked = await client.call('settings.useStore', draftOf(fields))
    put(store, { steps: checked.steps, outcome: usedWords(checked, fields.kind) })
    if (checked.state !== 'green') return
    // What was filled in is what is set now; the password is where it belongs.
    const settings = await client.call('settings.store', {})
    put(store, { settings, fields: fieldsOf(settings) })
  })
}

function put(store: Store<StoreDeskState>, part: Partial<StoreDeskState>): void {
  store.set((state) => ({ ...state, ...part }))
}

/** What the form of the store knows. */
export type StoreDeskState = FormState<StoreSettings, StoreFields, StoreStep>

/** What a check came to, where nothing was to be changed. */
function storeCheckWords(checked: StoreCheck): Outcome {
  return checkedWords(checked, storeCheckTitles, 'This database can be used')
}

/** What going over to a store came to. */
function usedWords(checked: StoreCheck, kind: StoreDraft['kind']): Outcome {
  const what = kind === 'sqlite' ? 'This computer’s file' : 'This database'
  return takenWords(checked, storeCheckTitles, { done: `${what} is used from now on`, not: 'Not used' })
}

export function useStoreDesk(): StoreDesk {
  const desk = useContext(StoreDeskContext)
  if (desk === null) throw new Error('A part of the settings stands outside their page.')
  return desk
}

/** A part of what the form of the store knows. */
export function useStoreDeskState<S>(select: (state: StoreDeskState) => S): S {
  return useStore(useStoreDesk().store, select)
}

/** A field of the form of the store. */
export function useStoreField(name: keyof StoreFields): FieldState {
  return useField(useStoreDesk(), name)
}
