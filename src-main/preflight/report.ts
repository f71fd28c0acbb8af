import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
} from '../../src-shared/contract/settings-models.ts'
import { createSteps, type Steps } from '../runtime/steps.ts'

export type StepId = PreflightStep['id']

/** A preflight as it fills up. Whoever listens gets a whole copy at each change. */
export interface Report extends Pick<Steps<StepId>, 'step'> {
  setDeployment(deployment: Preflight['deployment']): void
  setChoices(choices: Partial<PreflightChoices>): void
  /** What has not begun was not tried; red where a step failed. */
  finish(): Preflight
}

export function createReport(onChange: (preflight: Preflight) => void = () => {}): Report {
  const steps = createSteps(PREFLIGHT_STEPS, () => onChange(snapshot('running')))
  let deployment: Preflight['deployment'] = null
  let choices: PreflightChoices = { projects: [], fields: [], watched: [] }
  const snapshot = (state: Preflight['state']): Preflight => ({
    state,
    deployment,
    steps: steps.all(),
    choices,
  })
  return {
    step: (id, work) => steps.step(id, work),
    setDeployment: (next) => void (deployment = next),
    setChoices: (more) => void (choices = { ...choices, ...more }),
    finish() {
      const preflight = snapshot(steps.finish())
      onChange(preflight)
      return preflight
    },
  }
}
