import type { PreflightChoices, WatchChoice } from '../../src-shared/contract/settings-models.ts'
import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../src-shared/domain/ticket.ts'
import { DEFAULT_WATCH } from '../config/config.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

export interface WatchFlags {
  /** The field's name or id. */
  readonly watchField?: string
  /** Its values' names or ids, with commas between them. */
  readonly watch?: string
}

/** What the flags say before the site was asked: a field by its id can be asked for at once, names cannot. */
export function firstWatch({ watchField }: WatchFlags): WatchChoice {
  const isId = watchField !== undefined && /^customfield_\d{1,12}$/.test(watchField)
  return isId ? { field: { id: watchField, name: watchField }, ids: [] } : DEFAULT_WATCH
}

/** What the flags mean on a site that has these fields and values. Throws `usage`, naming what there is. */
export function watchOfFlags({ watchField, watch }: WatchFlags, choices: PreflightChoices): WatchChoice {
  const wanted = watchField ?? PRIORITY_FIELD
  const found = choices.fields.find(({ field }) => isCalled(field, wanted))
  if (found === undefined) {
    const there = choices.fields.map(({ field }) => field.name).join(', ')
    throw new AppError('usage', `There is no field ${wanted} to watch on this site. Nothing was changed.`, {
      hint: `It has ${there || 'none'}. Another select field can be named by its id, as customfield_10050.`,
    })
  }
  const { field, values } = found
  return { field, ids: watch === undefined ? [] : valueIds(watch, field, values) }
}

function valueIds(text: string, field: WatchedField, values: readonly Priority[]): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((wanted) => {
      const value = values.find((candidate) => isCalled(candidate, wanted))
      if (value !== undefined) return value.id
      const there = values.map(({ name }) => name).join(', ')
      throw new AppError('usage', `${field.name} has no value ${wanted}. Nothing was changed.`, {
        hint: `It has ${there}.`,
      })
    })
}

function isCalled({ id, name }: { id: string; name: string }, wanted: string): boolean {
  return id === wanted || name.trim().toLowerCase() === wanted.toLowerCase()
}
