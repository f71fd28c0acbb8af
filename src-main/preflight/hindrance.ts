import type { Preflight, PreflightStep } from '../../src-shared/contract/settings-models.ts'
import type { ErrorCode } from '../../src-shared/errors/app-error.ts'
import type { StepId } from './report.ts'

/** For these, anything but `ok` means that tickets cannot be created, whatever the preflight was run for. */
const CREATING: ReadonlySet<StepId> = new Set(['issue-type', 'priority', 'create'])

/** The first step that keeps tickets from being created; null where all is well for it. */
export function hindranceToCreate({ steps }: Preflight): PreflightStep | null {
  const failed = steps.find(({ state }) => state === 'failed')
  return failed ?? steps.find(({ id, state }) => CREATING.has(id) && state !== 'ok') ?? null
}

/** The first step that keeps tickets from being watched; null where all is well for it. */
export function hindranceToWatch({ steps }: Preflight): PreflightStep | null {
  return steps.find(({ state }) => state === 'failed') ?? null
}

const CODES: Readonly<Partial<Record<StepId, ErrorCode>>> = {
  address: 'jira-unreachable',
  certificate: 'jira-untrusted',
  server: 'jira-broken',
  identity: 'not-authenticated',
}

/** As what an AppError tells of a step that failed. */
export function codeOfStep(id: StepId): ErrorCode {
  return CODES[id] ?? 'not-configured'
}
