import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * Reads `Highest=1,High=2` as the relative weight of each priority by its name. Whether the project has such priorities
 * is checked where its own are known. Throws `usage` for another form.
 */
export function parseWeights(text: string): Record<string, number> {
  const entries = text.split(',').map((part) => /^\s*([^=]+?)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(part))
  if (entries.every((entry) => entry !== null)) {
    return Object.fromEntries(entries.map(([, name = '', weight]) => [name, Number(weight)]))
  }
  throw new AppError('usage', `--weights takes names and numbers, not "${text}". Nothing was done.`, {
    hint: 'Write them as Highest=1,High=2,Medium=4.',
  })
}
