import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Jira } from '../jira/jira.ts'
import { watchedPriorities } from '../jira/watched.ts'
import type { Log } from '../log.ts'
import { openSite } from '../open-site.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'

/** One thing that must be right, and how it is. */
export interface DoctorStep {
  readonly step: 'data folder' | 'store' | 'Jira' | 'account' | 'project' | 'priorities'
  readonly state: 'ok' | 'failed' | 'not tried'
  readonly message: string
  readonly hint: string
}

/** What a step throws; not part of the document. */
export interface Diagnosis {
  readonly steps: readonly DoctorStep[]
  readonly firstError: unknown
}

type Check = readonly [DoctorStep['step'], () => Promise<string>]

/** Goes through everything that the program stands on, from the folder to the priorities. What needs a failed step is not tried. */
export async function diagnose(config: Config, log: Log, signal: AbortSignal): Promise<Diagnosis> {
  const folder = await walk([['data folder', async () => config.dataDir]])
  const store = await walk([['store', () => checkStore(config)]])
  const jira = await checkJira(config, log, signal)
  const parts = [folder, store, jira]
  return {
    steps: parts.flatMap(({ steps }) => steps),
    firstError: parts.find(({ firstError }) => firstError !== undefined)?.firstError,
  }
}

async function checkStore(config: Config): Promise<string> {
  const store = await openSqliteStore({ file: config.store.file, clock: machineClock })
  await store.close()
  return config.store.file
}

async function checkJira(config: Config, log: Log, signal: AbortSignal): Promise<Diagnosis> {
  const opening = openSite(config, { clock: machineClock, log, signal })
  // Told by the first step below; here it only must not go unhandled.
  opening.catch(() => {})
  const jira = async (): Promise<Jira> => (await opening).jira
  try {
    return await walk([
      ['Jira', async () => whereJiraIs(config, (await opening).about.label)],
      ['account', async () => describeIdentity(await jira(), signal)],
      ['project', async () => describeProjects(await jira(), config.projectKey, signal)],
      ['priorities', async () => describeWatched(await jira(), signal)],
    ])
  } finally {
    await opening.then((site) => site.close()).catch(() => {})
  }
}

/** Each check in turn, until one fails. */
async function walk(checks: readonly Check[]): Promise<Diagnosis> {
  const steps: DoctorStep[] = []
  let firstError: unknown
  for (const [step, check] of checks) {
    if (firstError !== undefined) {
      steps.push({ step, state: 'not tried', message: 'An earlier step failed.', hint: '' })
      continue
    }
    try {
      steps.push({ step, state: 'ok', message: await check(), hint: '' })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      firstError = error
      steps.push({ step, state: 'failed', message: error.message, hint: error.hint })
    }
  }
  return { steps, firstError }
}

function whereJiraIs(config: Config, label: string): string {
  return config.jira.kind === 'site' ? config.jira.url : `${label} (built in)`
}

async function describeIdentity(jira: Jira, signal: AbortSignal): Promise<string> {
  const { displayName, timeZone } = await jira.identity(signal)
  return `${displayName}, in the zone ${timeZone}`
}

async function describeProjects(jira: Jira, wanted: string | null, signal: AbortSignal): Promise<string> {
  const keys = (await jira.projects(signal)).map(({ key }) => key)
  if (keys.length === 0) {
    throw new AppError('not-configured', 'The account sees no project.', {
      hint: 'Ask for the permission "Browse projects".',
    })
  }
  if (wanted === null) return `all that the account sees: ${keys.toSorted().join(', ')}`
  if (keys.includes(wanted)) return wanted
  throw new AppError('not-configured', `The account sees no project with the key ${wanted}.`, {
    hint: `It sees ${keys.toSorted().join(', ')}.`,
  })
}

async function describeWatched(jira: Jira, signal: AbortSignal): Promise<string> {
  return (await watchedPriorities(jira, signal)).map(({ name }) => name).join(', ')
}
