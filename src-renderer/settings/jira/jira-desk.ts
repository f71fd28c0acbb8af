import type { Client } from '../../../src-shared/contract/client.ts'
import { createStore, type Store } from '../../store.ts'
import { attempt, canSend, fail, whenKnown } from '../form/attempt.ts'
import { isFixed, isTrying, withSettings } from '../form/form-state.ts'
import { draftOf, fieldsOf, problemsOf, type JiraFields } from './jira-fields.ts'
import { emptyJiraDesk, untried, withFields, withPreflight, type JiraDeskState } from './jira-desk-state.ts'
import { connectedWords, preflightWords } from './preflight-words.ts'

/** Where a person tries a Jira, takes it or leaves it. Nothing here throws: what failed is the outcome. */
export interface JiraDesk {
  readonly store: Store<JiraDeskState>
  /** Listens and asks what is set, until the returned function is called. */
  readonly open: () => () => void
  readonly edit: (part: Partial<JiraFields>) => void
  readonly check: () => void
  readonly connect: () => void
  /** Back to the sandbox. */
  readonly leave: (forgetToken: boolean) => void
}

export function createJiraDesk(client: Client): JiraDesk {
  const store = createStore(emptyJiraDesk)
  let known = Promise.resolve()
  return {
    store,
    open() {
      const look = (): void => void (known = lookAgain(client, store))
      const listening = [
        client.on('preflight.changed', (preflight) => {
          if (isTrying(store.get())) store.set((state) => withPreflight(state, preflight))
        }),
        client.on('session.changed', look),
      ]
      look()
      return () => listening.forEach((unsubscribe) => unsubscribe())
    },
    edit: (part) => store.set((state) => withFields(state, part)),
    check: () => whenKnown(store, known, () => check(client, store)),
    connect: () => whenKnown(store, known, () => connect(client, store)),
    leave: (forgetToken) => void leave(client, store, forgetToken),
  }
}

async function lookAgain(client: Client, store: Store<JiraDeskState>): Promise<void> {
  try {
    const settings = await client.call('settings.get', {})
    store.set((state) => withSettings(state, settings, jiraFieldsOf))
  } catch (error) {
    fail(store, error)
  }
}

async function check(client: Client, store: Store<JiraDeskState>): Promise<void> {
  const { fields, choices } = store.get()
  if (!canSend(store, problemsOf(fields, choices))) return
  await attempt(store, 'checking', async () => {
    put(store, { steps: untried })
    const preflight = await client.call('settings.preflight', draftOf(fields))
    store.set((state) => ({ ...withPreflight(state, preflight), outcome: preflightWords(preflight) }))
  })
}

async function connect(client: Client, store: Store<JiraDeskState>): Promise<void> {
  if (isFixed(store.get())) return
  const { fields, choices } = store.get()
  if (!canSend(store, problemsOf(fields, choices))) return
  await attempt(store, 'taking', async () => {
    put(store, { steps: untried })
    const preflight = await client.call('settings.connect', draftOf(fields))
    store.set((state) => ({ ...withPreflight(state, preflight), outcome: connectedWords(preflight) }))
    if (preflight.state !== 'green') return
    // What was filled in is what is set now; the token is where it belongs.
    const settings = await client.call('settings.get', {})
    put(store, { settings, fields: jiraFieldsOf(settings) })
  })
}

async function leave(client: Client, store: Store<JiraDeskState>, forgetToken: boolean): Promise<void> {
  await attempt(store, 'leaving', async () => {
    const settings = await client.call('settings.disconnect', { forgetToken })
    const outcome = { tone: 'good', message: 'The sandbox is watched again.', hint: '' } as const
    put(store, { ...emptyJiraDesk, settings, outcome })
  })
}

function jiraFieldsOf(settings: JiraDeskState['settings']): JiraFields {
  return fieldsOf(settings?.jira ?? null)
}

function put(store: Store<JiraDeskState>, part: Partial<JiraDeskState>): void {
  store.set((state) => ({ ...state, ...part }))
}
