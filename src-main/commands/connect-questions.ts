import { multiselect, select, text } from '@clack/prompts'
import type { PreflightChoices, WatchChoice } from '../../src-shared/contract/settings-models.ts'
import { plainText } from '../../src-shared/domain/plain-text.ts'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { answered, terminalOf } from './ask.ts'
import type { CliIo } from './io.ts'

/** What the last question said is what did not happen, whichever it was. */
const NOTHING = 'The question was not answered. Nothing was changed.'

/** Asks for the account's address; null for Data Center, where the token says whose it is. */
export async function askUser(io: CliIo, isCloud: boolean): Promise<string | null> {
  const typed = await answered(
    io,
    text({
      message: isCloud
        ? 'E-mail address of the account'
        : 'E-mail address of the account (Enter for Data Center, where the token is enough)',
      validate: (value) => (isCloud && !value?.trim() ? 'Jira Cloud wants it with the token.' : undefined),
      ...terminalOf(io),
    }),
    NOTHING,
  )
  return typed?.trim() || null
}

/** Asks until when the token works, which no Jira tells; null where the person does not know. */
export async function askTokenExpiry(io: CliIo): Promise<string | null> {
  const typed = await answered(
    io,
    text({
      message: 'Last day on which the token works, to be warned in time (Enter: not known)',
      placeholder: '2027-01-31',
      validate: (value) => (!value?.trim() || isDay(value.trim()) ? undefined : 'Write it as 2027-01-31.'),
      ...terminalOf(io),
    }),
    NOTHING,
  )
  return typed?.trim() || null
}

/** Asks which of several projects is watched; null for every one. */
export async function askProject(io: CliIo, projects: PreflightChoices['projects']): Promise<string | null> {
  const chosen = await answered(
    io,
    select({
      message: 'Which project is watched?',
      options: [
        { value: '', label: 'Every one', hint: `${projects.length} projects` },
        ...projects.map(({ key, name }) => ({ value: key, label: plainText(key), hint: plainText(name) })),
      ],
      ...terminalOf(io),
    }),
    NOTHING,
  )
  return chosen === '' ? null : chosen
}

/** Asks what is watched, where that cannot be told by the names. */
export async function askWatch(io: CliIo, fields: PreflightChoices['fields']): Promise<WatchChoice> {
  const fieldId =
    fields.length === 1
      ? fields[0]?.field.id
      : await answered(
          io,
          select({
            message: 'Which field says how urgent a ticket is?',
            options: fields.map(({ field }) => ({ value: field.id, label: plainText(field.name) })),
            ...terminalOf(io),
          }),
          NOTHING,
        )
  const found = fields.find(({ field }) => field.id === fieldId)
  if (found === undefined) throw new Error('a choice without fields')
  const ids = await answered(
    io,
    multiselect({
      message: `Which values of ${plainText(found.field.name)} are watched?`,
      options: found.values.map(({ id, name }) => ({ value: id, label: plainText(name) })),
      required: true,
      ...terminalOf(io),
    }),
    NOTHING,
  )
  return { field: found.field, ids }
}
