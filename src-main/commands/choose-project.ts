import { select } from '@clack/prompts'
import type { PreflightChoices } from '../../src-shared/contract/settings-models.ts'
import { plainText } from '../../src-shared/domain/plain-text.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { answered, terminalOf } from './ask.ts'
import type { CliIo } from './io.ts'

/**
 * The project to create tickets in where none was named: the only one, or the one that the person at the terminal
 * chooses. Throws `usage` where nobody can be asked, and `cancelled`.
 */
export async function chooseProject(io: CliIo, projects: PreflightChoices['projects']): Promise<string> {
  const [only, ...others] = projects
  if (only !== undefined && others.length === 0) return only.key
  if (!io.isTTY) {
    throw new AppError('usage', 'The account sees several projects. No ticket was made.', {
      hint: `Name the one to create tickets in (--project KEY). It sees ${projects.map(({ key }) => key).join(', ')}.`,
    })
  }
  return answered(
    io,
    select({
      message: 'Which project are the tickets created in?',
      options: projects.map(({ key, name }) => ({
        value: key,
        label: plainText(key),
        hint: plainText(name),
      })),
      ...terminalOf(io),
    }),
    'No project was chosen. No ticket was made.',
  )
}
