import type { Preflight, PreflightStep } from '../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { createSiteJira, INTERACTIVE_POLICY } from '../../src-main/jira/open-jira.ts'
import { createJumpClock } from '../jira/jira.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import { runPreflight, type PreflightParts } from '../../src-main/preflight/preflight.ts'
import type { PreflightChoice, StepId } from '../../src-main/preflight/report.ts'

export const USUAL_CHOICE = {
  projectKey: null,
  watch: { field: { id: PRIORITY_FIELD, name: 'Priority' }, ids: [] },
  tokenExpiresOn: null,
} satisfies PreflightChoice

interface TestConnection {
  readonly url?: string
  readonly user?: string | null
  readonly token?: string
  readonly caFile?: string | null
}

/** A preflight of a sandbox as if it were somebody's Jira; between repeats nobody waits. */
export async function preflightOf(
  sandbox: Pick<TestSandbox, 'url' | 'email' | 'apiToken'>,
  choice: Partial<PreflightChoice> = {},
  {
    connection = {},
    firstByteMs = 5_000,
    ...parts
  }: Partial<PreflightParts> & { readonly connection?: TestConnection; readonly firstByteMs?: number } = {},
): Promise<Preflight> {
  const { url = sandbox.url, user = sandbox.email, token = sandbox.apiToken, caFile = null } = connection
  const watch = choice.watch ?? USUAL_CHOICE.watch
  const jira = createSiteJira(
    { url, user, token, caFile, watchedField: watch.field.id },
    {
      network: { httpProxy: null, httpsProxy: null, noProxy: null },
      clock: createJumpClock(),
      ...INTERACTIVE_POLICY,
      timeouts: { firstByteMs, callMs: firstByteMs + 700, connectMs: 5_000 },
    },
  )
  try {
    return await runPreflight(
      jira,
      { ...USUAL_CHOICE, connection: { url, user, caFile }, ...choice },
      { clock: machineClock, signal: new AbortController().signal, ...parts },
    )
  } finally {
    await jira.close()
  }
}

export function stepOf({ steps }: Preflight, id: StepId): PreflightStep {
  const step = steps.find((candidate) => candidate.id === id)
  if (step === undefined) throw new Error(`there is no step ${id}`)
  return step
}

/** Every step that is not simply right, with its state. */
export function amiss({ steps }: Preflight): string[] {
  return steps.filter(({ state }) => state !== 'ok').map(({ id, state }) => `${id} ${state}`)
}
