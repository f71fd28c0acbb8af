/** A page of a list that is read by offset. */
export interface OffsetPage<T> {
  readonly values: readonly T[]
  /** True on the last page, where the endpoint says so. */
  readonly isLast?: boolean | undefined
  /** How many there are in all, where the endpoint says so. */
  readonly total?: number | undefined
}

/** All values of a list, page after page. A short page does not end it: Jira may give less than was asked for. */
export async function allPages<T>(readPage: (startAt: number) => Promise<OffsetPage<T>>): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const { values, isLast, total } = await readPage(all.length)
    all.push(...values)
    if (values.length === 0 || isLast === true || (total !== undefined && all.length >= total)) return all
  }
}
