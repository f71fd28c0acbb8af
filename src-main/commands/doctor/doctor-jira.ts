import type { Preflight } from '../../../src-shared/contract/settings.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { machineClock } from '../../runtime/clock.ts'
import { DEFAULT_WATCH, type Config, type SiteConfig } from '../../config/config.ts'
import { createSiteJira, INTERACTIVE_POLICY } from '../../jira/open-jira.ts'
import type { Log } from '../../runtime/log.ts'
import { runPreflight, type PreflightChoice } from '../../preflight/preflight.ts'
import { createReport } from '../../preflight/report.ts'
import { resolveAccount, type Secrets } from '../../secrets/secrets.ts'
import { watchOf } from '../../sites/real-site.ts'
import { failed } from '../../runtime/steps.ts'
import { createSiteMemory } from '../../sites/site-memory.ts'
import { openSandbox } from '../../workspace/sandbox-connection.ts'

interface JiraParts {
  readonly secrets: Secrets
  readonly log: Log
  readonly signal: AbortSignal
  readonly onChange: (preflight: Preflight) => void
}

/** The preflight of the configured Jira, whichever it is; of one that cannot be opened the first step tells why. */
export async function tryJira(config: Config, parts: JiraParts): Promise<Preflight> {
  try {
    return await (config.jira.kind === 'site'
      ? trySite(config, config.jira, parts)
      : trySandbox(config, parts))
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    const report = createReport(parts.onChange)
    await report.step('address', () => {
      throw error
    })
    return report.finish()
  }
}

async function trySite(
  { network, projectKey, dataDir }: Config,
  site: SiteConfig,
  { secrets, log, signal, onChange }: JiraParts,
): Promise<Preflight> {
  const account = await resolveAccount(site, secrets, signal)
  const { user, token } = account
  const memory = createSiteMemory(dataDir, log)
  const watch = await watchOf(site, account, {
    network,
    memory,
    projectKey,
    clock: machineClock,
    signal,
  }).catch((error: unknown) => (error instanceof AppError ? error : Promise.reject(error)))
  if (watch instanceof AppError && watch.code === 'not-configured') {
    const report = createReport(onChange)
    await report.step('watched', () => failed(watch))
    return report.finish()
  }
  // What else kept the field's name from being looked up, the steps tell.
  const known = watch instanceof AppError ? site.watch : watch
  const connection = { ...site, user, token, watchedField: known.field.id }
  const jira = createSiteJira(connection, { network, clock: machineClock, memory, ...INTERACTIVE_POLICY })
  try {
    const { tokenExpiresOn } = site
    const choice: PreflightChoice = {
      projectKey,
      watch: known,
      tokenExpiresOn,
      connection: { ...site, user },
    }
    return await runPreflight(jira, choice, { clock: machineClock, signal, onChange })
  } finally {
    await jira.close()
  }
}

/** As any other Jira, so that what is wrong with it is told in the same words; the app itself asks it more simply. */
async function trySandbox(
  config: Config,
  { log, signal, onChange }: Omit<JiraParts, 'secrets'>,
): Promise<Preflight> {
  const { network, projectKey } = config
  const sandbox = await openSandbox({ config, log })
  const { url, email, apiToken, deployment } = sandbox
  const user = deployment === 'cloud' ? email : null
  const connection = { url, user, token: apiToken, caFile: null, watchedField: DEFAULT_WATCH.field.id }
  const jira = createSiteJira(connection, { network, clock: machineClock, ...INTERACTIVE_POLICY })
  try {
    const choice: PreflightChoice = {
      projectKey,
      watch: DEFAULT_WATCH,
      tokenExpiresOn: null,
      connection: null,
    }
    return await runPreflight(jira, choice, { clock: machineClock, signal, onChange })
  } finally {
    await jira.close()
    await sandbox.stop()
  }
}
