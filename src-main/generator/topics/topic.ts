/** A title and the first paragraph of its text. */
type Matter = readonly [title: string, happens: string]

/**
 * What tickets of one kind are made of. `{name}` stands for a fact of `ticket-facts.ts`; one ticket uses the same
 * facts in its title and in its text. The details and tails of a topic fit all of its matters.
 */
export interface Topic {
  readonly matters: readonly Matter[]
  /** What else the writer knows: steps, a log line, numbers, what they tried. */
  readonly details: readonly string[]
  /** What may follow a title, with the space or comma that it needs. */
  readonly tails: readonly string[]
}
