import type { JiraDraft, Preflight, WatchChoice } from '../../src-shared/contract/settings.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import { checkAccount, checkToken, expiredOn } from './account-steps.ts'
import { checkCreateScreen, checkPermissions, checkProject } from './project-steps.ts'
import { createReport, type Report } from './report.ts'
import { checkClock, checkServer } from './server-steps.ts'
import { checkWatched } from './watched-step.ts'

/** What is tried, as the person chose it. */
export interface PreflightChoice {
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  readonly watch: WatchChoice
  readonly tokenExpiresOn: string | null
  /** How the Jira is reached, for the sentences; null: the sandbox. Absent: not told. */
  readonly connection?: Pick<JiraDraft, 'url' | 'user' | 'caFile'> | null
}

export interface PreflightParts {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** For `create`, what only creating tickets needs must be there too; else that is a warning. `watch` where absent. */
  readonly needs?: 'watch' | 'create'
  /** Hears of each step as it begins and ends. */
  readonly onChange?: (preflight: Preflight) => void
}

/**
 * Goes through everything that a Jira must have and allow, a step at a time, asking as little as possible and changing
 * nothing. A step that fails says what to do; what needs it is not tried. Throws `cancelled`, and bugs.
 */
export async function runPreflight(
  jira: Jira,
  choice: PreflightChoice,
  parts: PreflightParts,
): Promise<Preflight> {
  const report = createReport(parts.onChange)
  await walk(report, jira, choice, parts)
  return report.finish()
}

async function walk(
  report: Report,
  jira: Jira,
  choice: PreflightChoice,
  { clock, signal, needs = 'watch' }: PreflightParts,
): Promise<void> {
  const { projectKey, watch, tokenExpiresOn, connection } = choice
  const isSandbox = connection === null

  const server = await checkServer(report, jira, { connection, clock, signal })
  if (server === null) return
  const { deployment } = server.facts
  const expired = expiredOn(tokenExpiresOn, clock.now())
  const account = { deployment, connection, expiredDay: expired, signal }
  if ((await checkAccount(report, jira, account)) === null) return
  await report.step('clock', () => checkClock(server.skewMs, isSandbox))

  const project = await checkProject(report, jira, { projectKey, needs, signal })
  if (project === null) return
  const types = await checkCreateScreen(report, jira, project, { field: watch.field, needs, signal })
  await checkWatched(report, jira, { watch, types, severalProjects: project.watched > 1, signal })
  await checkPermissions(report, project, { needs })
  await report.step('token', () => checkToken(tokenExpiresOn, { nowMs: clock.now(), deployment, isSandbox }))
}
