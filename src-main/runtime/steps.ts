import type { PreflightStep } from '../../src-shared/contract/settings.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** One thing that was looked at, as a person sees it. */
export interface Step<Id extends string> extends Pick<PreflightStep, 'state' | 'message' | 'hint'> {
  readonly id: Id
}

/** How a step came out; one that failed has no `value`. */
export type StepOutcome<T> =
  | { readonly state: 'ok'; readonly message: string; readonly value: T }
  | { readonly state: 'warning'; readonly message: string; readonly hint: string; readonly value: T }
  | { readonly state: 'failed'; readonly message: string; readonly hint: string }

/** Steps of a check as they fill up. */
export function createSteps<Id extends string>(ids: readonly Id[], onChange: () => void) {
  const steps = new Map<Id, Step<Id>>(ids.map((id) => [id, untouched(id)]))
  const note = (step: Step<Id>): void => {
    steps.set(step.id, step)
    onChange()
  }
  return {
    /**
     * Runs one step and notes its outcome; null where it failed, also by an AppError of `work`, and where `work` found
     * that it cannot be tried: null. What is thrown for another reason, or because somebody asked to stop, is passed on.
     */
    step: async <T>(id: Id, work: StepWork<T>): Promise<T | null> => {
      note({ ...untouched(id), state: 'running' })
      const outcome = await settled(work)
      if (outcome === null) {
        note(untouched(id))
        return null
      }
      const { state, message } = outcome
      note({ id, state, message, hint: outcome.state === 'ok' ? '' : outcome.hint })
      return outcome.state === 'failed' ? null : outcome.value
    },
    /** All of them as they are now: another array at each change. */
    all: (): Step<Id>[] => [...steps.values()],
    /** What has not begun was not tried; red where a step failed. */
    finish(): 'green' | 'red' {
      for (const step of steps.values()) {
        if (step.state === 'waiting') steps.set(step.id, { ...step, state: 'not-tried' })
      }
      return failedStep({ steps: [...steps.values()] }) === null ? 'green' : 'red'
    },
  }
}

type StepWork<T> = () => StepOutcome<T> | Promise<StepOutcome<T> | null>

async function settled<T>(work: StepWork<T>): Promise<StepOutcome<T> | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    return failed(error)
  }
}

export function fine<T>(message: string, value: T): StepOutcome<T> {
  return { state: 'ok', message, value }
}

/** Right enough to go on, but the person should know. */
export function warning<T>(problem: Pick<AppError, 'message' | 'hint'>, value: T): StepOutcome<T> {
  return { state: 'warning', message: problem.message, hint: problem.hint, value }
}

/** A step that an error ended, or a problem with what to do about it. */
export function failed({ message, hint }: Pick<AppError, 'message' | 'hint'>): StepOutcome<never> {
  return { state: 'failed', message, hint }
}

/** The first step that failed: nothing can be watched, or kept, because of it. Null where none did. */
export function failedStep<S extends { readonly state: string }>(check: {
  readonly steps: readonly S[]
}): S | null {
  return check.steps.find(({ state }) => state === 'failed') ?? null
}

function untouched<Id extends string>(id: Id): Step<Id> {
  return { id, state: 'waiting', message: '', hint: '' }
}
