import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * Reads `Highest=1,High=2` as the relative weight of each thing by its name. Whether there are such things is checked where
 * they are known. Throws `usage` for another form.
 */
export function parseWeights(text: string): Record<string, number> {
  const weights = readWeights('--weights', text, null)
  if (weights !== null) return weights
  throw new AppError('usage', `--weights takes names and numbers, not "${text}". Nothing was done.`, {
    hint: 'Write them as Highest=1,High=2,Medium=4.',
  })
}

/** As `parseWeights`; a name alone has the weight 1. `example` is what the hint shows. */
export function parseList(flag: string, example: string): (text: string) => Record<string, number> {
  return (text) => {
    const weights = readWeights(flag, text, 1)
    if (weights !== null) return weights
    throw new AppError('usage', `${flag} takes names, not "${text}". Nothing was done.`, {
      hint: `Write them as ${example}: a number says how often one comes.`,
    })
  }
}

/** Null where the text has another form, or a name without a weight and there is no `usual` one. */
function readWeights(flag: string, text: string, usual: number | null): Record<string, number> | null {
  const weights = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', weight] = /^\s*([^=]+?)\s*(?:=\s*(\d{1,6}(?:\.\d{1,6})?)\s*)?$/.exec(part) ?? []
    if (name === '' || (weight === undefined && usual === null)) return null
    if (weights.has(name)) throw new AppError('usage', `${flag} names "${name}" twice. Nothing was done.`)
    weights.set(name, weight === undefined ? (usual ?? 0) : Number(weight))
  }
  return Object.fromEntries(weights)
}
