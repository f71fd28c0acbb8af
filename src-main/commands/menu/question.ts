import { confirm, select, text } from '@clack/prompts'
import { answerTo, terminalOf } from '../ask.ts'
import type { CliIo } from '../io.ts'

export interface Choice<V extends string> {
  readonly value: V
  readonly label: string
  readonly hint?: string
}

/** Null after Escape, and after Ctrl-C, which ends everything else by itself. */
export async function choose<V extends string>(
  io: CliIo,
  message: string,
  choices: readonly Choice<V>[],
  initialValue?: V,
): Promise<V | null> {
  const options = choices.map(
    ({ value, label, hint }) => ({ value, label, ...(hint !== undefined && { hint }) }) as never,
  )
  const initial = initialValue === undefined ? {} : { initialValue }
  return answerTo(io, select<V>({ message, options, ...initial, ...terminalOf(io) }))
}

/** As `choose`. `check` says what is wrong with a text, if anything is. */
export async function askText(
  io: CliIo,
  message: string,
  {
    initial,
    placeholder,
    check,
  }: { initial?: string; placeholder?: string; check: (typed: string) => string | null },
): Promise<string | null> {
  const typed = await answerTo(
    io,
    text({
      message,
      ...(initial !== undefined && { initialValue: initial }),
      ...(placeholder !== undefined && { placeholder }),
      validate: (value) => check(value?.trim() ?? '') ?? undefined,
      ...terminalOf(io),
    }),
  )
  return typed?.trim() ?? null
}

/** False also after Escape. */
export async function agrees(io: CliIo, message: string): Promise<boolean> {
  return (await answerTo(io, confirm({ message, initialValue: false, ...terminalOf(io) }))) === true
}
