import { createContext, useContext } from 'react'
import type { Client } from '../../../src-shared/contract/client.ts'
import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type Settings,
} from '../../../src-shared/contract/settings.ts'
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
import { draftOf, fieldsOf, problemsOf, watchAfter, type JiraFields } from './jira-fields.ts'

export const JiraControllerContext = createContext<JiraController | null>(null)

export const preflightTitles: Record<PreflightStep['id'], string> = {
  address: 'Address',
  certificate: 'Certificate',
  server: 'Server',
  identity: 'Account',
  'time-zone': 'Time zone',
  clock: 'Clock',
  project: 'Project',
  'issue-type': 'Issue type',
  priority: 'Priority on new tickets',
  watched: 'Watched values',
  create: 'Creating tickets',
  delete: 'Deleting tickets',
  token: 'Token’s last day',
}

const nothingKnown: PreflightChoices = { projects: [], fields: [], watched: [] }

const untried: readonly PreflightStep[] = untriedSteps(PREFLIGHT_STEPS)

const emptyJiraForm: JiraFormState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  choices: nothingKnown,
  busy: null,
  outcome: null,
}

/** Where a person tries a Jira, takes it or leaves it. Nothing here throws: what failed is the outcome. */
export function createJiraController(client: Client) {
  const store = createStateStore(emptyJiraForm)
  let known = Promise.resolve()
  return {
    store,
    /** Listens and asks what is set, until the returned function is called. */
    open(): () => void {
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
    edit: (part: Partial<JiraFields>): void => store.set((state) => withFields(state, part)),
    check: (): void => whenKnown(store, known, () => check(client, store)),
    connect: (): void => whenKnown(store, known, () => connect(client, store)),
    /** Back to the sandbox. */
    leave: (forgetToken: boolean): void => void leave(client, store, forgetToken),
  }
}

export type JiraController = ReturnType<typeof createJiraController>

async function lookAgain(client: Client, store: StateStore<JiraFormState>): Promise<void> {
  try {
    const settings = await client.call('settings.get', {})
    store.set((state) => withSettings(state, settings, jiraFieldsOf))
  } catch (error) {
    fail(store, error)
  }
}

async function check(client: Client, store: StateStore<JiraFormState>): Promise<void> {
  const { fields, choices } = store.get()
  if (!canSend(store, problemsOf(fields, choices))) return
  await attempt(store, 'checking', async () => {
    put(store, { steps: untried })
    const preflight = await client.call('settings.preflight', draftOf(fields))
    store.set((state) => ({ ...withPreflight(state, preflight), outcome: preflightOutcome(preflight) }))
  })
}

async function connect(client: Client, store: StateStore<JiraFormState>): Promise<void> {
  if (isFixed(store.get())) return
  const { fields, choices } = store.get()
  if (!canSend(store, problemsOf(fields, choices))) return
  await attempt(store, 'taking', async () => {
    put(store, { steps: untried })
    const preflight = await client.call('settings.connect', draftOf(fields))
    store.set((state) => ({ ...withPreflight(state, preflight), outcome: connectOutcome(preflight) }))
    if (preflight.state !== 'green') return
    // What was filled in is what is set now; the token is where it belongs.
    const settings = await client.call('settings.get', {})
    put(store, { settings, fields: jiraFieldsOf(settings) })
  })
}

async function leave(client: Client, store: StateStore<JiraFormState>, forgetToken: boolean): Promise<void> {
  await attempt(store, 'leaving', async () => {
    const settings = await client.call('settings.disconnect', { forgetToken })
    const outcome = { tone: 'good', message: 'The sandbox is watched again.', hint: '' } as const
    put(store, { ...emptyJiraForm, settings, outcome })
  })
}

function jiraFieldsOf(settings: JiraFormState['settings']): JiraFields {
  return fieldsOf(settings?.jira ?? null)
}

function put(store: StateStore<JiraFormState>, part: Partial<JiraFormState>): void {
  store.set((state) => ({ ...state, ...part }))
}

/** What the form of the Jira knows. */
export interface JiraFormState extends FormState<Settings, JiraFields, PreflightStep> {
  /** What the last check found to choose from; nothing once the address is another one. */
  readonly choices: PreflightChoices
}

function withPreflight(state: JiraFormState, { steps, choices }: Preflight): JiraFormState {
  const watch = watchAfter(state.fields.watch, choices)
  return { ...state, steps, choices, fields: { ...state.fields, watch } }
}

/** What there is to choose from belongs to an address. */
function withFields(state: JiraFormState, part: Partial<JiraFields>): JiraFormState {
  const after = edited(state, part)
  return after !== state && 'url' in part ? { ...after, choices: nothingKnown } : after
}

/** What a check came to, where nothing was to be changed. */
export function preflightOutcome(preflight: Preflight): AttemptOutcome {
  return checkOutcome(preflight, preflightTitles, 'This Jira can be watched')
}

/** What connecting came to. */
export function connectOutcome(preflight: Preflight): AttemptOutcome {
  return takeOutcome(preflight, preflightTitles, { done: 'Connected', not: 'Not connected' })
}

export function useJiraController(): JiraController {
  const controller = useContext(JiraControllerContext)
  if (controller === null) throw new Error('A part of the settings stands outside their page.')
  return controller
}

/** A part of what the form of the Jira knows. */
export function useJiraFormState<S>(select: (state: JiraFormState) => S): S {
  return useStore(useJiraController().store, select)
}

/** A field of the form of the Jira. */
export function useJiraField(name: Exclude<keyof JiraFields, 'watch'>): FieldState {
  return useField(useJiraController(), name)
}
