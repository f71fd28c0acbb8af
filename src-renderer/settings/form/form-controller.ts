import type { PreflightStep } from '../../../src-shared/contract/settings.ts'
import { toWireError } from '../../../src-shared/errors/app-error.ts'
import type { StateStore } from '../../state-store.ts'

/** Why a field cannot be taken as it is. */
export type Problems<Fields> = { readonly [Name in keyof Fields]?: string }

/** What a form of the settings knows: what is set, what is filled in, and how an attempt with it goes. */
export interface FormState<Settings, Fields, Step> {
  /** Null until the core has said what is set. */
  readonly settings: Settings | null
  readonly fields: Fields
  /** Why the form was not sent; cleared field by field. */
  readonly problems: Problems<Fields>
  readonly steps: readonly Step[]
  readonly busy: 'checking' | 'taking' | 'leaving' | null
  readonly outcome: AttemptOutcome | null
}

/** Any form's state, where it does not matter what it is about. */
export type AnyFormState = FormState<{ readonly fixedBy: string | null }, object, unknown>

const states: Record<CheckStep['state'], string> = {
  waiting: 'waiting',
  running: 'being checked',
  ok: 'good',
  warning: 'good, with a warning',
  failed: 'failed',
  'not-tried': 'not tried',
}

const changed: AttemptOutcome = { tone: 'quiet', message: 'Changed since this check.', hint: '' }

/** Whether what is set was chosen where this window cannot change it. */
export function isFixed({ settings }: AnyFormState): boolean {
  return settings !== null && settings.fixedBy !== null
}

/** Whether the steps that the core tells are of this form's own attempt: another window may be trying something, too. */
export function isTrying({ busy }: AnyFormState): boolean {
  return busy === 'checking' || busy === 'taking'
}

/** What has been typed stays; a form that nobody touched shows what is set. `fieldsOf` gives the form as it is found. */
export function withSettings<S extends AnyFormState>(
  state: S,
  settings: NonNullable<S['settings']>,
  fieldsOf: (settings: S['settings']) => S['fields'],
): S {
  const untouched = JSON.stringify(state.fields) === JSON.stringify(fieldsOf(state.settings))
  return { ...state, settings, fields: untouched ? fieldsOf(settings) : state.fields }
}

/** The last check stays in sight as what it is: one of something else. What is being tried stays what is filled in. */
export function edited<S extends AnyFormState>(state: S, part: Partial<S['fields']>): S {
  if (state.busy !== null) return state
  const problems = Object.entries(state.problems).filter(([name]) => !Object.hasOwn(part, name))
  return {
    ...state,
    fields: { ...state.fields, ...part },
    problems: Object.fromEntries(problems),
    outcome: state.outcome && changed,
  }
}

/** A step of a check, whatever is checked. */
export type CheckStep<Id extends string = string> = Omit<PreflightStep, 'id'> & { readonly id: Id }

/** A check as the core tells it: its steps so far and those to come. */
interface Check<Step extends CheckStep> {
  readonly state: 'running' | 'green' | 'red'
  readonly steps: readonly Step[]
}

/** What became of a check, or of going over to what was checked, as it is told above the steps. */
export interface AttemptOutcome {
  readonly tone: 'good' | 'warning' | 'bad' | 'quiet'
  readonly message: string
  readonly hint: string
  /** Whether what was tried is what is used now. */
  readonly taken?: boolean
}

/** The state of a step for who does not see its sign. */
export function stateText(state: CheckStep['state']): string {
  return states[state]
}

/** Every step of a check, before any was tried. */
export function untriedSteps<Id extends string>(ids: readonly Id[]): readonly CheckStep<Id>[] {
  return ids.map((id) => ({ id, state: 'waiting', message: '', hint: '' }))
}

/** What a check came to, where nothing was to be changed. `good` says so without its full stop: `It can be used`. */
export function checkOutcome<Id extends string>(
  { state, steps }: Check<CheckStep<Id>>,
  titles: Record<Id, string>,
  good: string,
): AttemptOutcome {
  return state === 'green' ? passed(steps, good) : bad(failedText(steps, titles))
}

/** What going over came to: `done` or `not`, without their full stops. */
export function takeOutcome<Id extends string>(
  { state, steps }: Check<CheckStep<Id>>,
  titles: Record<Id, string>,
  { done, not }: { readonly done: string; readonly not: string },
): AttemptOutcome {
  return state === 'green'
    ? { ...passed(steps, done), taken: true }
    : bad(`${not}, because ${failedText(steps, titles)} Nothing was changed.`)
}

function passed(steps: readonly CheckStep[], good: string): AttemptOutcome {
  const warnings = steps.filter(({ state }) => state === 'warning').length
  if (warnings === 0) return { tone: 'good', message: `${good}.`, hint: '' }
  const counted = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return { tone: 'warning', message: `${good}, with ${counted}.`, hint: '' }
}

function bad(message: string): AttemptOutcome {
  return { tone: 'bad', message, hint: '' }
}

function failedText<Id extends string>(steps: readonly CheckStep<Id>[], titles: Record<Id, string>): string {
  const names = steps.filter(({ state }) => state === 'failed').map(({ id }) => titles[id])
  return `${names.length} ${names.length === 1 ? 'step' : 'steps'} failed: ${names.join(', ')}.`
}

/**
 * Does something with what is filled in, unless something is under way already; where the core refuses, that is the
 * outcome. Never throws. `work` puts what came of it into the store itself.
 */
export async function attempt<S extends AnyFormState>(
  store: StateStore<S>,
  busy: NonNullable<S['busy']>,
  work: () => Promise<void>,
): Promise<void> {
  if (store.get().busy !== null) return
  store.set((state) => ({ ...state, busy, problems: {}, outcome: null }))
  try {
    await work()
  } catch (error) {
    fail(store, error)
  }
  store.set((state) => ({ ...state, busy: null }))
}

/** What is asked for before it is known what is set is done when that, and with it the form as it is found, is there. */
export function whenKnown<S extends AnyFormState>(
  store: StateStore<S>,
  known: Promise<void>,
  act: () => Promise<void>,
): void {
  if (store.get().settings === null) void known.then(act)
  else void act()
}

/** Shows an error of the core's as the outcome. */
export function fail<S extends AnyFormState>(store: StateStore<S>, error: unknown): void {
  const { message, hint } = toWireError(error)
  store.set((state) => ({ ...state, outcome: { tone: 'bad', message, hint } }))
}

/** Marks the fields that cannot be sent as they are; true where there are none. */
export function canSend<S extends AnyFormState>(store: StateStore<S>, problems: S['problems']): boolean {
  if (Object.keys(problems).length === 0) return true
  if (store.get().busy === null) store.set((state) => ({ ...state, problems }))
  return false
}
