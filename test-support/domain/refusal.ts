import { AppError } from '../../src-shared/errors/app-error.ts'

/** What the work is refused with. Throws where it is not refused, or fails otherwise. */
export function refusalOf(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
