import type { Preflight, PreflightStep } from '../../src-shared/contract/settings-models.ts'
import { sameName } from '../../src-shared/domain/weights.ts'
import type { ErrorCode } from '../../src-shared/errors/app-error.ts'
import type { StepId } from './report.ts'

/** For these, anything but `ok` means that tickets cannot be created, whatever the preflight was run for. */
const CREATING: ReadonlySet<StepId> = new Set(['issue-type', 'priority', 'create'])

/** The first step that keeps tickets from being created; null where all is well for it. */
export function blockerOfCreating({ steps }: Preflight): PreflightStep | null {
  const failed = steps.find(({ state }) => state === 'failed')
  return failed ?? steps.find(({ id, state }) => CREATING.has(id) && state !== 'ok') ?? null
}

/** The first step that keeps tickets from being watched; null where all is well for it. */
export function blockerOfWatching({ steps }: Preflight): PreflightStep | null {
  return steps.find(({ state }) => state === 'failed') ?? null
}

const CODES: Readonly<Partial<Record<StepId, ErrorCode>>> = {
  address: 'jira-unreachable',
  certificate: 'jira-untrusted',
  server: 'jira-broken',
  identity: 'not-authenticated',
}

/** As what an AppError tells of a step that failed. A project that is not among those that there are was mistyped. */
export function codeOfStep(
  id: StepId,
  { choices: { projects } }: Pick<Preflight, 'choices'>,
  projectKey: string | null,
): ErrorCode {
  const isKnown = projects.length === 0 || projects.some(({ key }) => sameName(key, projectKey ?? ''))
  if (id === 'project' && projectKey !== null && !isKnown) return 'usage'
  return CODES[id] ?? 'not-configured'
}
