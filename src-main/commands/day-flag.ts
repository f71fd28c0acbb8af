import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** Reads `--token-expires`, a day as 2027-01-31. Throws `usage`. */
export function tokenExpiryDay(text: string): string {
  if (isDay(text)) return text
  throw new AppError('usage', `--token-expires takes a day, not "${text}". Nothing was changed.`, {
    hint: 'Write it as 2027-01-31.',
  })
}
