import type { Outcome } from './outcome.ts'

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
  readonly outcome: Outcome | null
}

/** Any form's state, where it does not matter what it is about. */
export type AnyFormState = FormState<{ readonly fixedBy: string | null }, object, unknown>

const changed: Outcome = { tone: 'quiet', message: 'Changed since this check.', hint: '' }

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
