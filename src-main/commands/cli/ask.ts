import { confirm, isCancel, select, settings, text, type CommonOptions } from '@clack/prompts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { drawAtEnd, writeAboveEnd, type CliIo } from './io.ts'
import { promptOutput, terminalKind } from './terminal.ts'

type Terminal = Required<Pick<CommonOptions, 'input' | 'output' | 'signal'>>

// By its name Escape would also turn a yes and a no round before it leaves the question.
settings.aliases.delete('escape')
settings.aliases.set('\u001B', 'cancel')

/** A terminal that cannot be drawn over gets questions that are not. */
function plainly({ env }: CliIo): { accessible?: true } {
  return terminalKind({ env }).plain ? { accessible: true } : {}
}

/**
 * Asks a question on stderr, so that stdout stays the result's, and waits for its answer; null after Ctrl-C or Escape. What
 * is said meanwhile comes after it.
 */
export async function answerTo<T>(
  io: CliIo,
  ask: (terminal: Terminal) => Promise<T>,
): Promise<Exclude<T, symbol> | null> {
  const controller = new AbortController()
  // One that was answered would write to the terminal when it is aborted.
  let isOpen = true
  const abort = (): void => {
    if (isOpen) controller.abort(io.signal.reason)
  }
  // A Ctrl-C that the question itself has handled is its answer, which comes before.
  const soon = (): void => queueMicrotask(abort)
  if (io.signal.aborted) abort()
  io.signal.addEventListener('abort', soon, { once: true })
  const { signal } = controller
  const answer = ask({ input: io.stdin, output: promptOutput(io), signal, ...plainly(io) })
  let said = ''
  const stopKeeping = drawAtEnd(io.stderr, (more) => void (said += more))
  try {
    const given = await answer
    return isCancel(given) ? null : (given as Exclude<T, symbol>)
  } finally {
    isOpen = false
    io.signal.removeEventListener('abort', soon)
    stopKeeping()
    if (said !== '') writeAboveEnd(io.stderr, said)
  }
}

export interface AnswerChoice<V extends string> {
  readonly value: V
  readonly label: string
  readonly hint?: string
}

/** One of several; null after Escape, and after Ctrl-C, which ends everything else by itself. */
export function choose<V extends string>(
  io: CliIo,
  message: string,
  choices: readonly AnswerChoice<V>[],
  initialValue?: V,
): Promise<V | null> {
  const options = choices.map(
    ({ value, label, hint }) => ({ value, label, ...(hint !== undefined && { hint }) }) as never,
  )
  const initial = initialValue === undefined ? {} : { initialValue }
  return answerTo(io, (terminal) => select<V>({ message, options, ...initial, ...terminal }))
}

interface TextQuestion {
  readonly initial?: string
  readonly placeholder?: string
  /** What is wrong with a text; null where nothing is. */
  readonly check?: (typed: string) => string | null
}

/** A line, without spaces around it; null as with `choose`. */
export async function askText(
  io: CliIo,
  message: string,
  { initial, placeholder, check = () => null }: TextQuestion = {},
): Promise<string | null> {
  const typed: string | undefined | null = await answerTo(io, (terminal) =>
    text({
      message,
      ...(initial !== undefined && { initialValue: initial }),
      ...(placeholder !== undefined && { placeholder }),
      validate: (value) => check(value?.trim() ?? '') ?? undefined,
      ...terminal,
    }),
  )
  // `undefined` is what the prompt gives for an empty line.
  return typed === null ? null : (typed ?? '').trim()
}

/** Yes or no; null as with `choose`. */
export function askYes(io: CliIo, message: string): Promise<boolean | null> {
  return answerTo(io, (terminal) => confirm({ message, initialValue: false, ...terminal }))
}

/** What was answered. Throws `cancelled` with these sentences after Ctrl-C or Escape. */
export async function answered<T>(answer: Promise<T | null>, what: string, consequence = ''): Promise<T> {
  const given = await answer
  if (given === null) throw new AppError('cancelled', what, { consequence })
  return given
}

/** Before anything is asked of a Jira or a store: throws `usage` where there is no yes, and no person to ask. */
export function refuseUnasked(
  io: CliIo,
  yes: boolean | undefined,
  { what, nothing, hint }: { readonly what: string; readonly nothing: string; readonly hint: string },
): void {
  if (yes === true || io.isTTY) return
  throw new AppError('usage', `${what} needs a yes, and there is no terminal to ask at.`, {
    consequence: nothing,
    hint,
  })
}
