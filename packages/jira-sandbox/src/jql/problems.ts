/** What is wrong with a query, sentence by sentence, in Jira's words and in the order of the query. */
export interface QueryProblems {
  /** An unknown field, function, operator or form of a value: refused whatever the caller asks for. */
  refuse(sentence: string): void
  /** A value that this site has not: a lenient search finds nothing for it, and says so. */
  miss(sentence: string): void
}

export function createProblems() {
  const found: { readonly sentence: string; readonly isRefused: boolean }[] = []
  return {
    refuse: (sentence: string): void => void found.push({ sentence, isRefused: true }),
    miss: (sentence: string): void => void found.push({ sentence, isRefused: false }),
    /** Each sentence once. */
    all: () => [...new Set(found.map(({ sentence }) => sentence))],
    isRefused: () => found.some(({ isRefused }) => isRefused),
  }
}
