import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Limits } from '../config/sandbox-settings.ts'

/** Reads a flag's value as a whole number within limits. Digits alone: `1e9`, `0x10` and ` 5` are refused (`usage`). */
export function wholeNumber(flag: string, limits: Limits): (text: string) => number {
  return (text) => checked(flag, text, /^\d{1,15}$/, limits, 'a whole number')
}

/** As `wholeNumber`, with decimals. */
export function decimalNumber(flag: string, limits: Limits): (text: string) => number {
  return (text) => checked(flag, text, /^\d{1,15}(\.\d{1,15})?$/, limits, 'a number')
}

function checked(flag: string, text: string, form: RegExp, { min, max }: Limits, kind: string): number {
  const value = Number(text)
  if (form.test(text) && value >= min && value <= max) return value
  throw new AppError('usage', `${flag} takes ${kind} from ${min} to ${max}, not "${text}". Nothing was done.`)
}
