import type { Client } from '../../src-shared/contract/client.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { createStore, type Store } from '../store.ts'
import { edited, emptyDesk, untried, withProgress, withSettings, type DeskState } from './desk-state.ts'
import { draftOf, fieldsOf, problemsOf, type JiraFields } from './jira-fields.ts'
import { checkedWords, connectedWords } from './preflight-words.ts'

/** Where a person tries a connection, takes it or leaves it. Nothing here throws: what failed is the outcome. */
export interface SettingsDesk {
  readonly store: Store<DeskState>
  /** Listens and asks what is set, until the returned function is called. */
  readonly open: () => () => void
  readonly edit: (part: Partial<JiraFields>) => void
  readonly check: () => void
  readonly connect: () => void
  /** Back to the sandbox. */
  readonly leave: (forgetToken: boolean) => void
}

export function createSettingsDesk(client: Client): SettingsDesk {
  const store = createStore(emptyDesk)
  return {
    store,
    open() {
      const look = (): void => void lookAgain(client, store)
      const listening = [
        client.on('preflight.changed', (preflight) => {
          const { busy } = store.get()
          // Another window may be trying something of its own.
          if (busy === 'checking' || busy === 'connecting') {
            store.set((state) => withProgress(state, preflight))
          }
        }),
        client.on('session.changed', look),
      ]
      look()
      return () => listening.forEach((unsubscribe) => unsubscribe())
    },
    edit: (part) => store.set((state) => edited(state, part)),
    check: () => void attempt(client, store, 'checking'),
    connect: () => void attempt(client, store, 'connecting'),
    leave: (forgetToken) => void leave(client, store, forgetToken),
  }
}

async function lookAgain(client: Client, store: Store<DeskState>): Promise<void> {
  try {
    const settings = await client.call('settings.get', {})
    store.set((state) => withSettings(state, settings))
  } catch (error) {
    fail(store, error)
  }
}

async function attempt(
  client: Client,
  store: Store<DeskState>,
  busy: 'checking' | 'connecting',
): Promise<void> {
  const { fields, choices, busy: already } = store.get()
  const problems = problemsOf(fields, choices)
  if (already !== null) return
  if (Object.keys(problems).length > 0) return put(store, { problems })
  put(store, { busy, problems: {}, steps: untried, outcome: null })
  try {
    const checking = busy === 'checking'
    const draft = draftOf(fields)
    const preflight = await client.call(checking ? 'settings.preflight' : 'settings.connect', draft)
    store.set((state) => withProgress(state, preflight))
    put(store, { outcome: checking ? checkedWords(preflight) : connectedWords(preflight) })
    if (!checking && preflight.state === 'green') await takeOver(client, store)
  } catch (error) {
    fail(store, error)
  }
  put(store, { busy: null })
}

/** What was filled in is what is set now; the token is where it belongs. */
async function takeOver(client: Client, store: Store<DeskState>): Promise<void> {
  const settings = await client.call('settings.get', {})
  put(store, { settings, fields: fieldsOf(settings.jira) })
}

async function leave(client: Client, store: Store<DeskState>, forgetToken: boolean): Promise<void> {
  if (store.get().busy !== null) return
  put(store, { busy: 'leaving', outcome: null })
  try {
    const settings = await client.call('settings.disconnect', { forgetToken })
    const outcome = { tone: 'good', message: 'The sandbox is watched again.', hint: '' } as const
    put(store, { ...emptyDesk, settings, outcome })
  } catch (error) {
    fail(store, error)
  }
  put(store, { busy: null })
}

function put(store: Store<DeskState>, part: Partial<DeskState>): void {
  store.set((state) => ({ ...state, ...part }))
}

function fail(store: Store<DeskState>, error: unknown): void {
  const { message, hint } = toWireError(error)
  put(store, { outcome: { tone: 'bad', message, hint } })
}
