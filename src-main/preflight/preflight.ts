import type { Preflight } from '../../src-shared/contract/settings.ts'
import type { Jira } from '../jira/jira.ts'
import { checkAccount, checkToken } from './account-steps.ts'
import { checkCreateScreen, checkPermissions, checkProject } from './project-steps.ts'
import { createReport, type PreflightCheck, type PreflightChoice } from './report.ts'
import { checkClock, checkServer } from './server-steps.ts'
import { checkWatched } from './watched-step.ts'

export interface PreflightParts extends Pick<PreflightCheck, 'clock' | 'signal'> {
  /** `watch` where absent. */
  readonly needs?: PreflightCheck['needs']
  /** Called as each step begins and ends. */
  readonly onChange?: (preflight: Preflight) => void
}

/**
 * Goes through everything that a Jira must have and allow, a step at a time, asking as little as possible and changing
 * nothing. A step that fails says what to do; what needs it is not tried. Throws `cancelled`, and bugs.
 */
export async function runPreflight(
  jira: Jira,
  choice: PreflightChoice,
  { clock, signal, needs = 'watch', onChange }: PreflightParts,
): Promise<Preflight> {
  const report = createReport(onChange)
  await walk({ ...choice, report, jira, clock, signal, needs })
  return report.finish()
}

async function walk(check: PreflightCheck): Promise<void> {
  const { report, clock, tokenExpiresOn } = check
  const isSandbox = check.connection === null
  const server = await checkServer(check)
  if (server === null) return
  const { deployment } = server.facts
  if ((await checkAccount(check, deployment)) === null) return
  await report.step('clock', () => checkClock(server.skewMs, isSandbox))
  const project = await checkProject(check)
  if (project === null) return
  await checkWatched(check, await checkCreateScreen(check, project), project.watched > 1)
  await checkPermissions(check, project)
  await report.step('token', () => checkToken(tokenExpiresOn, { nowMs: clock.now(), deployment, isSandbox }))
}
