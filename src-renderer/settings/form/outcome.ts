import type { PreflightStep } from '../../../src-shared/contract/settings-models.ts'

/** A step of a check, whatever is checked. */
export type CheckStep<Id extends string = string> = Omit<PreflightStep, 'id'> & { readonly id: Id }

/** A check as the core tells it: its steps so far and those to come. */
export interface Check<Step extends CheckStep> {
  readonly state: 'running' | 'green' | 'red'
  readonly steps: readonly Step[]
}

/** What became of a check, or of going over to what was checked, as it is told above the steps. */
export interface Outcome {
  readonly tone: 'good' | 'warning' | 'bad' | 'quiet'
  readonly message: string
  readonly hint: string
  /** Whether what was tried is what is used now. */
  readonly taken?: boolean
}

const states: Record<CheckStep['state'], string> = {
  waiting: 'waiting',
  running: 'being checked',
  ok: 'good',
  warning: 'good, with a warning',
  failed: 'failed',
  'not-tried': 'not tried',
}

/** The state of a step for who does not see its sign. */
export function stateWords(state: CheckStep['state']): string {
  return states[state]
}

/** Every step of a check, before any was tried. */
export function untriedSteps<Id extends string>(ids: readonly Id[]): readonly CheckStep<Id>[] {
  return ids.map((id) => ({ id, state: 'waiting', message: '', hint: '' }))
}

/** What a check came to, where nothing was to be changed. `good` says so without its full stop: `It can be used`. */
export function checkedWords<Id extends string>(
  { state, steps }: Check<CheckStep<Id>>,
  titles: Record<Id, string>,
  good: string,
): Outcome {
  return state === 'green' ? passed(steps, good) : bad(failedWords(steps, titles))
}

/** What going over came to: `done` or `not`, without their full stops. */
export function takenWords<Id extends string>(
  { state, steps }: Check<CheckStep<Id>>,
  titles: Record<Id, string>,
  { done, not }: { readonly done: string; readonly not: string },
): Outcome {
  return state === 'green'
    ? { ...passed(steps, done), taken: true }
    : bad(`${not}, because ${failedWords(steps, titles)} Nothing was changed.`)
}

function passed(steps: readonly CheckStep[], good: string): Outcome {
  const warnings = steps.filter(({ state }) => state === 'warning').length
  if (warnings === 0) return { tone: 'good', message: `${good}.`, hint: '' }
  const counted = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return { tone: 'warning', message: `${good}, with ${counted}.`, hint: '' }
}

function bad(message: string): Outcome {
  return { tone: 'bad', message, hint: '' }
}

function failedWords<Id extends string>(steps: readonly CheckStep<Id>[], titles: Record<Id, string>): string {
  const names = steps.filter(({ state }) => state === 'failed').map(({ id }) => titles[id])
  return `${names.length} ${names.length === 1 ? 'step' : 'steps'} failed: ${names.join(', ')}.`
}
