import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type Settings,
} from '../../../src-shared/contract/settings-models.ts'
import { edited, type FormState } from '../form/form-state.ts'
import { untriedSteps } from '../form/outcome.ts'
import { fieldsOf, watchAfter, type JiraFields } from './jira-fields.ts'

/** What the form of the Jira knows. */
export interface JiraDeskState extends FormState<Settings, JiraFields, PreflightStep> {
  /** What the last check found to choose from; nothing once the address is another one. */
  readonly choices: PreflightChoices
}

const nothingKnown: PreflightChoices = { projects: [], fields: [], watched: [] }

export const untried: readonly PreflightStep[] = untriedSteps(PREFLIGHT_STEPS)

export const emptyJiraDesk: JiraDeskState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untried,
  choices: nothingKnown,
  busy: null,
  outcome: null,
}

export function withPreflight(state: JiraDeskState, { steps, choices }: Preflight): JiraDeskState {
  const watch = watchAfter(state.fields.watch, choices)
  return { ...state, steps, choices, fields: { ...state.fields, watch } }
}

/** What there is to choose from belongs to an address. */
export function withFields(state: JiraDeskState, part: Partial<JiraFields>): JiraDeskState {
  const after = edited(state, part)
  return after !== state && 'url' in part ? { ...after, choices: nothingKnown } : after
}
