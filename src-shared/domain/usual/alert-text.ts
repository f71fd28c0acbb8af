import type { AlertRule } from '../../contract/alerts/alerts.ts'
import type { Result } from '../../contract/methods.ts'
import { durationText, tickets } from '../text/sentences.ts'
import type { Priority } from '../ticket.ts'
import { MS_PER_MINUTE } from '../minute.ts'

/** When a rule is an alarm, in words that begin a sentence: `At least 8 tickets in 5 min`. */
export function conditionText(condition: AlertRule['condition']): string {
  if (condition.kind === 'above-usual') return `Above the usual, by chance once a ${condition.often}`
  if (condition.kind === 'at-least')
    return `At least ${tickets(condition.tickets)} in ${minutesText(condition.minutes)}`
  return condition.kind === 'nothing-fetched'
    ? `Nothing fetched for ${minutesText(condition.minutes)}`
    : 'Too quiet: no ticket in an hour that usually has twelve'
}

/** Which tickets a rule is about: `High or Highest in OPS`. `watched`: the values that are watched, the most urgent first. */
export function scopeText({ project, priority }: AlertRule['scope'], watched: readonly Priority[]): string {
  const meant = priority === undefined ? watched : watched.filter(({ id }) => id === priority)
  const names =
    meant.length === 0
      ? (priority ?? 'watched')
      : meant
          .map(({ name }) => name)
          .toReversed()
          .join(' or ')
  return project === undefined ? names : `${names} in ${project}`
}

/** What a rule is called that was given no name. */
export function usualRuleName(
  { scope, condition }: Pick<AlertRule, 'scope' | 'condition'>,
  watched: readonly Priority[],
): string {
  const isAll = scope.project === undefined && scope.priority === undefined
  const said = conditionText(condition)
  return isAll || condition.kind === 'nothing-fetched' ? said : `${said}, ${scopeText(scope, watched)}`
}

/** A length of whole minutes: `5 min`, `2 h 5 min`. */
export function minutesText(minutes: number): string {
  return minutes === 1 ? '1 min' : durationText(minutes * MS_PER_MINUTE)
}

/** What a person reads once an output was removed, and what became of its secret. */
export function removedOutputText(name: string, secret: Result<'outputs.remove'>['secret']): string {
  return `Nothing is sent to “${name}” any more.${SECRET_LEFT[secret]}`
}

const SECRET_LEFT: Record<Result<'outputs.remove'>['secret'], string> = {
  none: '',
  forgotten: ' Its secret is removed from the keychain.',
  environment: ' Its secret stays in the environment of this program: take it out there.',
  elsewhere: ' Its secret is not in the keychain here: whoever has it can remove it there.',
  refused: ' The keychain is locked, or refuses: its secret may still be in it.',
}
