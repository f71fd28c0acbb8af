import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
} from '../../src-shared/contract/settings-models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

export type StepId = PreflightStep['id']

/** How a step came out; one that failed has no `value`. */
export type Outcome<T> =
  | { readonly state: 'ok'; readonly message: string; readonly value: T }
  | { readonly state: 'warning'; readonly message: string; readonly hint: string; readonly value: T }
  | { readonly state: 'failed'; readonly message: string; readonly hint: string }

/** A preflight as it fills up. Whoever listens gets a whole copy at each change. */
export interface Report {
  /**
   * Runs one step and notes its outcome; null where it failed, also by an AppError of `work`. What is thrown for
   * another reason, or because somebody asked to stop, is passed on.
   */
  step<T>(id: StepId, work: () => Outcome<T> | Promise<Outcome<T>>): Promise<T | null>
  setDeployment(deployment: Preflight['deployment']): void
  setChoices(choices: Partial<PreflightChoices>): void
  /** What has not begun was not tried; red where a step failed. */
  finish(): Preflight
}

export function createReport(onChange: (preflight: Preflight) => void = () => {}): Report {
  const steps = new Map<StepId, PreflightStep>(PREFLIGHT_STEPS.map((id) => [id, untouched(id)]))
  let deployment: Preflight['deployment'] = null
  let choices: PreflightChoices = { projects: [], fields: [], watched: [] }
  const snapshot = (state: Preflight['state']): Preflight => ({
    state,
    deployment,
    steps: [...steps.values()],
    choices,
  })
  const note = (step: PreflightStep): void => {
    steps.set(step.id, step)
    onChange(snapshot('running'))
  }
  return {
    async step(id, work) {
      note({ ...untouched(id), state: 'running' })
      const outcome = await settled(work)
      const { state, message } = outcome
      note({ id, state, message, hint: outcome.state === 'ok' ? '' : outcome.hint })
      return outcome.state === 'failed' ? null : outcome.value
    },
    setDeployment: (next) => void (deployment = next),
    setChoices: (more) => void (choices = { ...choices, ...more }),
    finish() {
      for (const step of steps.values()) {
        if (step.state === 'waiting') steps.set(step.id, { ...step, state: 'not-tried' })
      }
      const isRed = [...steps.values()].some(({ state }) => state === 'failed')
      const preflight = snapshot(isRed ? 'red' : 'green')
      onChange(preflight)
      return preflight
    },
  }
}

async function settled<T>(work: () => Outcome<T> | Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    return failed(error)
  }
}

export function fine<T>(message: string, value: T): Outcome<T> {
  return { state: 'ok', message, value }
}

/** Right enough to go on, but the person should know. */
export function warning<T>(problem: Pick<AppError, 'message' | 'hint'>, value: T): Outcome<T> {
  return { state: 'warning', message: problem.message, hint: problem.hint, value }
}

/** A step that an error ended, or a problem with what to do about it. */
export function failed({ message, hint }: Pick<AppError, 'message' | 'hint'>): Outcome<never> {
  return { state: 'failed', message, hint }
}

function untouched(id: StepId): PreflightStep {
  return { id, state: 'waiting', message: '', hint: '' }
}
