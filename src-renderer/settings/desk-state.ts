import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type Settings,
} from '../../src-shared/contract/settings-models.ts'
import { fieldsOf, watchAfter, type FieldProblems, type JiraFields } from './jira-fields.ts'
import type { Outcome } from './preflight-words.ts'

/** What the settings' page knows. */
export interface DeskState {
  /** Null until the core has said what is set. */
  readonly settings: Settings | null
  readonly fields: JiraFields
  /** Why the form was not sent; cleared field by field. */
  readonly problems: FieldProblems
  readonly steps: readonly PreflightStep[]
  /** What the last check found to choose from; nothing once the address is another one. */
  readonly choices: PreflightChoices
  readonly busy: 'checking' | 'connecting' | 'leaving' | null
  readonly outcome: Outcome | null
}

/** Every step, before any was tried. */
export const untried: readonly PreflightStep[] = PREFLIGHT_STEPS.map((id) => ({
  id,
  state: 'waiting',
  message: '',
  hint: '',
}))
const nothingKnown: PreflightChoices = { projects: [], fields: [], watched: [] }
const changed: Outcome = { tone: 'quiet', message: 'Changed since this check.', hint: '' }

export const emptyDesk: DeskState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  choices: nothingKnown,
  busy: null,
  outcome: null,
}

/** Whether the Jira was chosen where this window cannot change it. */
export function isFixed({ settings }: DeskState): boolean {
  return settings !== null && settings.fixedBy !== null
}

/** What has been typed stays; a form that nobody touched shows what is set. */
export function withSettings(state: DeskState, settings: Settings): DeskState {
  const { fields } = state
  const untouched = JSON.stringify(fields) === JSON.stringify(fieldsOf(state.settings?.jira ?? null))
  return { ...state, settings, fields: untouched ? fieldsOf(settings.jira) : fields }
}

export function withProgress(state: DeskState, { steps, choices }: Preflight): DeskState {
  const watch = watchAfter(state.fields.watch, choices)
  return { ...state, steps, choices, fields: { ...state.fields, watch } }
}

/** The last check stays in sight as what it is: one of something else. What is being tried stays what is filled in. */
export function edited(state: DeskState, part: Partial<JiraFields>): DeskState {
  if (state.busy !== null) return state
  const problems = { ...state.problems }
  for (const name of Object.keys(part) as (keyof JiraFields)[]) delete problems[name]
  return {
    ...state,
    fields: { ...state.fields, ...part },
    problems,
    ...('url' in part && { choices: nothingKnown }),
    ...(state.outcome && { outcome: changed }),
  }
}
