import type { Client } from '../../../src-shared/contract/client.ts'
import { createStore, type Store } from '../../store.ts'
import { attempt, canSend, fail, whenKnown } from '../form/attempt.ts'
import { edited, isFixed, isTrying, withSettings } from '../form/form-state.ts'
import { storeCheckWords, usedWords } from './store-check-words.ts'
import { emptyStoreDesk, untried, type StoreDeskState } from './store-desk-state.ts'
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
