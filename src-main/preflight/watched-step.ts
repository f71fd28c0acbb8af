import {
  PRIORITY_FIELD,
  soundsUrgent,
  type Priority,
  type WatchedField,
} from '../../src-shared/domain/ticket.ts'
import type { AppError } from '../../src-shared/errors/app-error.ts'
import { settableValues } from '../generator/planning/new-run.ts'
import { unlessRefused } from '../jira/errors.ts'
import type { CreatableType, SelectField } from '../jira/jira.ts'
import { chooseWatched } from '../jira/watched.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import type { PreflightCheck } from './report.ts'

/**
 * Severity in the languages that Jira comes in, and a few more: as a whole name or a part of it, in lower case and
 * without accents, as `plain` writes them.
 */
const SEVERITY_NAMES = [
  'severi', // severity, severidad, severidade, severita, severitate
  'schwere', // Schweregrad
  'gravit', // gravite, gravita
  'graveda', // gravedad
  'gravidad', // gravidade
  'criticality',
  'criticite',
  'criticidad',
  'criticidade',
  'kritikalitat',
  'criticita',
  'alvorlig', // Danish, Norwegian
  'allvarlig', // Swedish
  'vakavuus',
  'zavaznost', // Czech, Slovak
  'dotkliwosc',
  'krytycznosc',
  'sulyossag',
  'onem derecesi',
  'siddet',
  'серьезност',
  'критичност',
  'серйозніст',
  'критичніст',
  'σοβαροτητα',
  'חומרה',
  'خطورة',
  'nghiem trong',
  'ความรนแรง',
  '重大度',
  '深刻度',
  '严重',
  '嚴重',
  '심각도',
].map(plain)

/** How many fields are offered; a create screen may have hundreds. */
const MAX_FIELDS = 50

/** The values that will be watched, and all that a person may choose from. */
export async function checkWatched(
  { report, jira, watch, signal }: PreflightCheck,
  types: readonly CreatableType[],
  severalProjects: boolean,
): Promise<void> {
  await report.step('watched', async () => {
    const onScreen = valuesOf(types, { id: PRIORITY_FIELD, name: '' })
    // As the create screen has them. Several projects have several lists of priorities: then the site's own.
    const priorities =
      onScreen.length > 0
        ? severalProjects
          ? await unlessRefused(jira.priorities(signal), onScreen)
          : onScreen
        : await jira.priorities(signal)
    const priority: WatchedField = { id: PRIORITY_FIELD, name: 'Priority' }
    const fields = [
      { field: priority, values: priorities },
      ...severityFields(types, watch.field).map(({ field, values }) => ({ field, values: [...values] })),
    ].filter(({ values }) => values.length > 0)
    report.setChoices({ fields })
    const found = fields.find(({ field }) => field.id === watch.field.id)
    if (found === undefined) return failed(noField(watch.field))
    const chosen = chooseWatched(found.values, watch.ids)
    report.setChoices({ watched: chosen.watched })
    return outcome(found, chosen, watch.ids)
  })
}

function outcome(
  { field, values }: { readonly field: WatchedField; readonly values: readonly Priority[] },
  { watched, unknownIds }: ReturnType<typeof chooseWatched>,
  ids: readonly string[],
): StepOutcome<null> {
  const what = field.id === PRIORITY_FIELD ? 'priority' : field.name
  const has = `It has ${names(values)}.`
  if (watched.length === 0) {
    return failed({
      message:
        ids.length > 0
          ? `None of the values chosen for ${what} is on this site any more, so there is nothing to watch.`
          : `No ${what} is called High or Highest, so it must be said what to watch.`,
      hint: `Choose what to watch, in the settings, with --watch or JIRA_WATCH. ${has}`,
    })
  }
  const missing = unknownIds.length
  const urgent = values.filter((value) => !watched.includes(value) && soundsUrgent(value.name))
  const message = [
    `${field.id === PRIORITY_FIELD ? '' : `${field.name}: `}${names(watched)}.`,
    missing > 0 &&
      `${missing} of the chosen ${missing === 1 ? 'values is' : 'values are'} not on this site any more.`,
    urgent.length > 0 &&
      `${names(urgent)} ${urgent.length === 1 ? 'sounds urgent and is' : 'sound urgent and are'} not watched.`,
  ]
  const whole = message.filter((sentence) => sentence !== false).join(' ')
  if (missing === 0 && urgent.length === 0) return fine(whole, null)
  const choose = `${missing > 0 ? 'Choose again' : 'If they count here, too, choose'} what to watch, in the settings, with --watch or JIRA_WATCH.`
  return warning({ message: whole, hint: `${choose} ${has}` }, null)
}

function noField({ name, id }: WatchedField): Pick<AppError, 'message' | 'hint'> {
  return {
    message: `The field ${name} (${id}) is not on the create screen, so its values are not known.`,
    hint: 'Add it to the create screen of the project, or watch the priority.',
  }
}

function names(values: readonly Priority[]): string {
  return values.map(({ name }) => name).join(', ')
}

/** The values of a field over all types, each once, in the order in which they are met. */
function valuesOf(types: readonly CreatableType[], field: WatchedField): Priority[] {
  const values = new Map<string, Priority>()
  for (const value of types.flatMap((type) => settableValues(type, field))) values.set(value.id, value)
  return [...values.values()]
}

/**
 * The fields that a person may have watched besides priority: those that look like a severity, else every select field,
 * since a severity may be called anything; and always the one that is chosen.
 */
function severityFields(types: readonly CreatableType[], chosen: WatchedField): SelectField[] {
  const fields = new Map(
    types.flatMap(({ selects }) => selects).map(({ field }) => [field.id, field] as const),
  )
  const all = [...fields.values()]
  const alike = all.filter(({ name }) => looksLikeSeverity(name))
  const offered = (alike.length > 0 ? alike : all).slice(0, MAX_FIELDS)
  const own = fields.get(chosen.id)
  return [...new Set(own === undefined ? offered : [...offered, own])].map((field) => ({
    field,
    values: valuesOf(types, field),
  }))
}

/** Whether a field's name looks like a severity's, in any of several languages. */
export function looksLikeSeverity(name: string): boolean {
  const text = plain(name)
  return SEVERITY_NAMES.some((word) => text.includes(word)) || /\b(sev|ernst)\b/.test(text) // Ernst is Dutch
}

/** Lower case, accents and other combining marks taken off; `ё` is `е`, dotless `ı` is `i`. */
function plain(text: string): string {
  return text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(/ı/g, 'i').normalize('NFC')
}
