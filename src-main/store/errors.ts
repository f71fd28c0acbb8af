import { isoInstant } from '../../src-shared/domain/minute.ts'
import { AppError, nothingChanged, nothingDone } from '../../src-shared/errors/app-error.ts'

/** The fetch belongs to tables that are no longer there, or to a time that is no longer kept. */
export function tablesReplaced(): AppError {
  return new AppError('busy', 'The ticket tables were made anew, or old tickets deleted, during the fetch.', {
    consequence: 'Nothing of it was stored.',
    hint: 'Fetch again.',
    retryable: true,
  })
}

/** The piece belongs to a first fetch that another one took the place of, or that another process has ended. */
export function planReplaced(): AppError {
  return new AppError('busy', 'Another process has taken over the first fetch.', {
    consequence: 'This page was not stored; that process fetches it.',
    hint: 'Fetch again: it goes on where the other one is.',
    retryable: true,
  })
}

/** Imported tickets of a time whose tickets were deleted. */
export function notKept(keptFromMs: number): AppError {
  return nothingChanged(
    'usage',
    `Tickets created before ${isoInstant(keptFromMs).slice(0, 10)} are not kept in this store: jira-tpm maintain deleted them.`,
    'Leave older ones out of the import; or drop the ticket tables and make them anew, which begins without that limit.',
  )
}

export function tablesMissing(cause: unknown): AppError {
  return new AppError(
    'tables-missing',
    'The ticket tables were dropped, so there is nothing to show or to add to.',
    {
      hint: 'Make them anew with Data, Create tables, or with jira-tpm create-table; the next fetch fills them.',
      cause,
    },
  )
}

export function noSuchRun(runId: string): AppError {
  return nothingChanged('not-found', `There is no run ${runId} in the store.`)
}

/** Another person saved a view under the name, or changed it. */
export function viewChanged(name: string): AppError {
  return new AppError('busy', `The view “${name}” was saved by another window since this one looked.`, {
    consequence: 'That one is as it was saved there, and nothing was changed.',
    hint: 'Look at it, then do it again; or save under another name.',
  })
}

export function tooManyViews(most: number): AppError {
  return new AppError('usage', `There are ${most} views already, which is as many as are kept.`, {
    consequence: 'This one was not saved.',
    hint: 'Delete one that nobody needs, or copy the link instead.',
  })
}

/** Another person changed or removed the mark. */
export function markChanged(): AppError {
  return new AppError('busy', 'This mark was changed by another window or program since this one looked.', {
    consequence: 'It is as it was left there, and nothing was changed.',
    hint: 'Look at it, then do it again.',
  })
}

/** What the store keeps for all who share it cannot be changed in a file that stands in for it. `what`: `Views`. */
export function keptElsewhere(what: string, hint = 'Do it again when that store is back.'): AppError {
  return nothingDone(
    'store-unavailable',
    `${what} are kept in the store that is set, and a file on this computer stands in for it now.`,
    hint,
  )
}

export function noSuchMark(): AppError {
  return nothingChanged(
    'not-found',
    'This mark is gone: somebody removed it.',
    'Set it anew where it is needed.',
  )
}

export function tooManyMarks(most: number): AppError {
  return new AppError(
    'usage',
    `There are ${most.toLocaleString('en')} marks already, which is as many as are kept.`,
    {
      consequence: 'This one was not set.',
      hint: 'Remove some that nobody needs: jira-tpm marks lists them.',
    },
  )
}

/** Another person changed the rule, or removed it. */
export function ruleChanged(name: string): AppError {
  return new AppError('busy', `The rule “${name}” was changed by another window since this one looked.`, {
    consequence: 'It is as it was left there, and nothing was changed.',
    hint: 'Look at it, then do it again.',
  })
}

export function ruleNameTaken(name: string): AppError {
  return nothingChanged(
    'usage',
    `A rule is called “${name}” already.`,
    'Give it another name, or change that one.',
  )
}

export function tooManyRules(most: number): AppError {
  return nothingChanged(
    'usage',
    `There are ${most} rules already, which is as many as are evaluated.`,
    'Remove one that nobody needs.',
  )
}

export function noSuchRule(id: string): AppError {
  return nothingChanged(
    'not-found',
    `There is no rule ${id} in the store.`,
    'jira-tpm alerts list shows them.',
  )
}

export function noSuchOutput(id: string): AppError {
  return nothingChanged(
    'not-found',
    `There is no output ${id}.`,
    'jira-tpm alerts outputs list shows those that there are.',
  )
}

export function outputChanged(name: string): AppError {
  return nothingChanged(
    'busy',
    `The output “${name}” was changed by another window since this one looked.`,
    'Look at it, then do it again.',
  )
}

export function outputNameTaken(name: string): AppError {
  return nothingChanged(
    'usage',
    `There is an output “${name}” already.`,
    'Give another name, or change that one.',
  )
}

export function tooManyOutputs(most: number): AppError {
  return nothingChanged(
    'usage',
    `There are ${most} outputs already, which is as many as there may be.`,
    'Remove one that nobody needs.',
  )
}

/** A fault of the program: names of runs are drawn so that none comes twice. */
export function otherRun(runId: string): Error {
  return new Error(`Another run is called ${runId}, and names of runs are unique`)
}

/** Another process took the slots of a run that is about to begin for those of one that never came to begin. */
export function runsAtOnce(): AppError {
  return new AppError('busy', 'Another program began a run in this Jira at the same moment.', {
    consequence: 'This run was not begun.',
    hint: 'Wait until the other one has ended, then begin anew.',
    retryable: true,
  })
}

export function tooManyTokens(most: number): AppError {
  return new AppError('busy', `There are ${most} tokens and links that have not expired.`, {
    consequence: 'None was made.',
    hint: 'Make them for a shorter time, or wait until some have expired: jira-tpm token list.',
  })
}

/** A key that was replaced gets no further token, or it would never go. */
export function keyReplaced(): AppError {
  return new AppError('busy', 'The signing key was replaced meanwhile.', {
    consequence: 'No token was made.',
    hint: 'Try it again.',
    retryable: true,
  })
}
