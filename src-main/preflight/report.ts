import {
  PREFLIGHT_STEPS,
  type JiraDraft,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type WatchChoice,
} from '../../src-shared/contract/settings.ts'
import { sameName } from '../../src-shared/domain/run/weights.ts'
import type { ErrorCode } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clock } from '../runtime/clock.ts'
import { createSteps, failedStep } from '../runtime/steps.ts'

/** What is tried, as the person chose it. */
export interface PreflightChoice {
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  /** Where tickets are made if none is named; the first that there is where absent. */
  readonly projectOfRuns?: string | null
  readonly watch: WatchChoice
  readonly tokenExpiresOn: string | null
  /** How the Jira is reached, for the sentences; null: the sandbox. Absent: not known. */
  readonly connection?: Pick<JiraDraft, 'url' | 'user' | 'caFile'> | null
}

/** What every step has at hand. */
export interface PreflightCheck extends PreflightChoice {
  readonly report: Report
  readonly jira: Jira
  readonly clock: Clock
  readonly signal: AbortSignal
  /** For `create`, what only creating tickets needs must be there too; else that is a warning. */
  readonly needs: 'watch' | 'create'
}

export type StepId = PreflightStep['id']

/** For these, anything but `ok` means that tickets cannot be created, whatever the preflight was run for. */
const CREATING: ReadonlySet<StepId> = new Set(['issue-type', 'priority', 'create'])

const CODES: Readonly<Partial<Record<StepId, ErrorCode>>> = {
  address: 'jira-unreachable',
  certificate: 'jira-untrusted',
  server: 'jira-broken',
  identity: 'not-authenticated',
}

type Report = ReturnType<typeof createReport>

/** A preflight as it fills up. Subscribers get a whole copy at each change. */
export function createReport(onChange: (preflight: Preflight) => void = () => {}) {
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
    step: steps.step,
    setDeployment: (next: Preflight['deployment']): void => void (deployment = next),
    setChoices: (more: Partial<PreflightChoices>): void => void (choices = { ...choices, ...more }),
    /** What has not begun was not tried; red where a step failed. */
    finish(): Preflight {
      const preflight = snapshot(steps.finish())
      onChange(preflight)
      return preflight
    },
  }
}

/** The first step that keeps tickets from being created; null where all is well for it. */
export function blockerOfCreating(preflight: Preflight): PreflightStep | null {
  const { steps } = preflight
  return failedStep(preflight) ?? steps.find(({ id, state }) => CREATING.has(id) && state !== 'ok') ?? null
}

/** A failed step as the parts of an AppError. A project that is not among those that there are was mistyped. */
export function codeOfStep(
  id: StepId,
  { choices: { projects } }: Pick<Preflight, 'choices'>,
  projectKey: string | null,
): ErrorCode {
  const isKnown = projects.length === 0 || projects.some(({ key }) => sameName(key, projectKey ?? ''))
  if (id === 'project' && projectKey !== null && !isKnown) return 'usage'
  return CODES[id] ?? 'not-configured'
}
