import { Type, type Static } from 'typebox'
import { choice } from '../schema.ts'

export const RunMix = choice(
  ['all', 'watched'],
  '`all`: priorities as they usually come. `watched`: only those that are watched, so that the chart shows every ticket.',
)

/** What is kept of how a run was asked for, shown and printed as it is. */
export const RUN_TRAITS = {
  profile: Type.String({ description: 'In its written form; `replay` and the file’s name.' }),
  seed: Type.Integer(),
  rate: Type.Number(),
  mix: Type.Optional(RunMix),
}

export type RunTraits = Static<Type.TObject<typeof RUN_TRAITS>>

/** These of a run, and nothing else. */
export function traitsOf(run: RunTraits): RunTraits {
  return Object.fromEntries(TRAITS.map((name) => [name, run[name]])) as RunTraits
}

const TRAITS = Object.keys(RUN_TRAITS) as (keyof RunTraits)[]
