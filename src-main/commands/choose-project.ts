import { select } from '@clack/prompts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { CliIo } from './io.ts'

/**
 * The project to create tickets in where none was named: the person at the terminal chooses among several. Null leaves
 * it to the core, which takes the only one or says that one must be named. Throws `cancelled`.
 */
export async function chooseProject(io: CliIo, config: Config): Promise<string | null> {
  if (config.projectKey !== null || config.jira.kind === 'sandbox' || !io.isTTY) return config.projectKey
  const { createCloudJira } = await import('../jira/cloud.ts')
  const projects = await createCloudJira({ ...config.jira, clock: machineClock }).projects(io.signal)
  if (projects.length < 2) return null
  const chosen = await select({
    message: 'Which project are the tickets created in?',
    options: projects.map(({ key, name }) => ({ value: key, label: key, hint: name })),
    input: io.stdin,
    output: io.stderr,
    signal: io.signal,
  })
  if (typeof chosen === 'string') return chosen
  throw new AppError('cancelled', 'No project was chosen. No ticket was made.')
}
