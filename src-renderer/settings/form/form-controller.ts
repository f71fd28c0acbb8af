import type { Client } from '../../../src-shared/contract/client.ts'
import type { PreflightStep } from '../../../src-shared/contract/settings.ts'
import { failureOf, toWireError } from '../../../src-shared/errors/app-error.ts'
import { countText } from '../../live/text.ts'
import { createStateStore } from '../../state-store.ts'

/** Why a field cannot be taken as it is. */
export type FieldProblems<Fields> = { readonly [Name in keyof Fields]?: string }

/** What a form of the settings knows: what is set, what is filled in, and how an attempt with it goes. */
export interface FormState<Settings, Fields> {
  /** Null until the core has said what is set. */
  readonly settings: Settings | null
  readonly fields: Fields
  /** Why the form was not sent; cleared field by field. */
  readonly problems: FieldProblems<Fields>
  readonly steps: readonly CheckStep[]
  readonly busy: 'checking' | 'taking' | 'leaving' | null
  readonly outcome: AttemptOutcome | null
}

/** Any form's state, where it does not matter what it is about. */
export type AnyFormState = FormState<{ readonly fixedBy: string | null }, object>

/** A step of a check, whatever is checked. */
export type CheckStep = Omit<PreflightStep, 'id'> & { readonly id: string }

interface Check {
  readonly state: 'running' | 'green' | 'red'
  readonly steps: readonly CheckStep[]
}

/** What became of a check, or of going over to what was checked, as it is said above the steps. */
export interface AttemptOutcome {
  readonly tone: 'good' | 'warning' | 'bad' | 'quiet'
  readonly message: string
  readonly hint: string
  /** Whether what was tried is what is used now. */
  readonly taken?: boolean
}

/** What is said of a check, each without its full stop. */
export interface CheckTexts {
  readonly titles: Readonly<Record<string, string>>
  /** `It can be used`. */
  readonly good: string
  /** `It is used`, and `Not used`. */
  readonly done: string
  readonly not: string
}

/** What a form is about, and how the core is asked for it. `C` is a check as the core gives it. */
interface FormKind<S extends AnyFormState, C extends Check> {
  readonly empty: S
  readonly fieldsOf: (settings: S['settings']) => S['fields']
  readonly problemsOf: (state: S) => S['problems']
  readonly read: () => Promise<NonNullable<S['settings']>>
  readonly check: (fields: S['fields']) => Promise<C>
  readonly take: (fields: S['fields']) => Promise<C>
  /** Calls back with each step of a check that any window makes, until the returned function is called. */
  readonly onProgress: (listener: (check: C) => void) => () => void
  /** What a check has found so far. */
  readonly found: (state: S, check: C) => Partial<S>
  readonly texts: (fields: S['fields']) => CheckTexts
  /** What does not hold any longer once these fields are changed. */
  readonly outdated?: (part: Partial<S['fields']>) => Partial<S>
}

/** Whether what is set was chosen where this window cannot change it. */
export function isFixed({ settings }: AnyFormState): boolean {
  return settings !== null && settings.fixedBy !== null
}

/** The last check stays in sight as what it is: one of something else. */
function edited({ fields, problems, outcome }: AnyFormState, part: object): Partial<AnyFormState> {
  const others = Object.entries(problems).filter(([name]) => !Object.hasOwn(part, name))
  return {
    fields: { ...fields, ...part },
    problems: Object.fromEntries(others),
    outcome: outcome && { tone: 'quiet', message: 'Changed since this check.', hint: '' },
  }
}

/** What has been typed stays; a form that nobody touched shows what is set. */
function refreshed<S extends AnyFormState>(
  { settings: before, fields }: S,
  settings: NonNullable<S['settings']>,
  fieldsOf: FormKind<S, Check>['fieldsOf'],
): Partial<AnyFormState> {
  const isUntouched = JSON.stringify(fields) === JSON.stringify(fieldsOf(before))
  return { settings, ...(isUntouched && { fields: fieldsOf(settings) }) }
}

/** Where a person tries something, or goes over to it, one at a time. Nothing here throws: what failed is the outcome. */
export function createFormController<S extends AnyFormState, C extends Check>(
  client: Client,
  kind: FormKind<S, C>,
) {
  const { store, put, fail, attempt, tryFields } = createAttempts(kind)
  let known = Promise.resolve()

  function look(): void {
    const read = kind.read().then((settings) => put(refreshed(store.get(), settings, kind.fieldsOf)))
    known = read.catch(fail)
  }

  async function send(tried: 'checking' | 'taking'): Promise<void> {
    // Until the settings are known, the form is not as it is found.
    if (store.get().settings === null) await known
    const state = store.get()
    if (tried === 'taking' && isFixed(state)) return
    const problems = kind.problemsOf(state)
    const hasProblems = Object.keys(problems).length > 0
    if (hasProblems && state.busy === null) put({ problems })
    if (hasProblems) return
    await tryFields(tried, state.fields)
  }

  return {
    store,
    put,
    attempt,
    /** Listens and asks what is set, until the returned function is called. */
    open(): () => void {
      const subscriptions = [
        kind.onProgress((check) => {
          const { busy } = store.get()
          // Another window may be trying something, too.
          if (busy === null || busy === 'leaving') return
          store.set((state) => ({ ...state, ...kind.found(state, check) }))
        }),
        client.on('session.changed', look),
      ]
      look()
      return () => subscriptions.forEach((unsubscribe) => unsubscribe())
    },
    edit(part: Partial<S['fields']>): void {
      if (store.get().busy !== null) return // what is being tried stays what is filled in
      store.set((state) => ({ ...state, ...kind.outdated?.(part), ...edited(state, part) }))
    },
    /** Tries what is filled in, and changes nothing. */
    check: (): void => void send('checking'),
    /** Goes over to what is filled in, where nothing fails. */
    take: (): void => void send('taking'),
  }
}

/** What a form knows, and what is tried with it: one thing at a time. */
function createAttempts<S extends AnyFormState, C extends Check>(kind: FormKind<S, C>) {
  const store = createStateStore(kind.empty)
  const put = (part: Partial<AnyFormState>): void => store.set((state) => ({ ...state, ...part }))

  function fail(error: unknown): void {
    const { message, hint } = failureOf(toWireError(error))
    put({ outcome: { tone: 'bad', message, hint } })
  }

  /** Does something, unless something is under way already. `work` puts what came of it into the store itself. */
  async function attempt(busy: NonNullable<S['busy']>, work: () => Promise<void>): Promise<void> {
    if (store.get().busy !== null) return
    put({ busy, problems: {}, outcome: null })
    await work().catch(fail)
    put({ busy: null })
  }

  async function tryFields(tried: 'checking' | 'taking', fields: S['fields']): Promise<void> {
    await attempt(tried, async () => {
      put({ steps: kind.empty.steps })
      const check = await (tried === 'taking' ? kind.take : kind.check)(fields)
      const outcome = outcomeOf(tried, check, kind.texts(fields))
      store.set((now) => ({ ...now, ...kind.found(now, check), outcome }))
      if (tried === 'checking' || check.state !== 'green') return
      // What was filled in is what is set now; the secret is where it belongs.
      const settings = await kind.read()
      put({ settings, fields: kind.fieldsOf(settings) })
    })
  }

  return { store, put, fail, attempt, tryFields }
}

/** Every step of a check, before any was tried. */
export function untriedSteps(ids: readonly string[]): CheckStep[] {
  return ids.map((id) => ({ id, state: 'waiting', message: '', hint: '' }))
}

/** What a check came to, or going over to what was checked. */
export function outcomeOf(
  tried: 'checking' | 'taking',
  { state, steps }: Check,
  { titles, good, done, not }: CheckTexts,
): AttemptOutcome {
  if (state !== 'green') {
    const names = steps.filter((step) => step.state === 'failed').map(({ id }) => titles[id])
    const failed = `${countText(names.length, 'step')} failed: ${names.join(', ')}.`
    const message = tried === 'taking' ? `${not}, because ${failed} Nothing was changed.` : failed
    return { tone: 'bad', message, hint: '' }
  }
  const warnings = steps.filter((step) => step.state === 'warning').length
  const suffix = warnings === 0 ? '' : `, with ${countText(warnings, 'warning')}`
  return {
    tone: warnings === 0 ? 'good' : 'warning',
    message: `${tried === 'taking' ? done : good}${suffix}.`,
    hint: '',
    taken: tried === 'taking',
  }
}
