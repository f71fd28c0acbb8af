import { readScreen } from '../create-screen.ts'
import type { CreatableType } from '../jira.ts'
import { allPages } from '../offset-pages.ts'
import { READ_REPEATS } from '../retry.ts'
import type { Ask } from './ask.ts'
import { FieldsAnswer, TypesAnswer } from './schemas.ts'

interface MetaParts {
  readonly ask: Ask
  readonly signal: AbortSignal
  readonly watchedField: string
  /** Entries of one page. */
  readonly maxResults: number
}

/**
 * The issue types that can be created in a project, each with what its create screen takes and demands. Whatever a page
 * holds, Data Center calls it `values`: https://github.com/pycontribs/jira/issues/1699.
 */
export async function creatableTypes(projectKey: string, parts: MetaParts): Promise<CreatableType[]> {
  const { ask, signal, watchedField, maxResults } = parts
  const options = { repeats: READ_REPEATS, signal }
  const path = `/rest/api/2/issue/createmeta/${encodeURIComponent(projectKey)}/issuetypes`
  const page = (startAt: number) => ({ method: 'GET', searchParams: { startAt, maxResults } })
  const types = await allPages(
    async (startAt) => (await ask(TypesAnswer, { ...page(startAt), path }, options)).result,
  )
  const creatable: CreatableType[] = []
  for (const { id, name, subtask = false } of types) {
    const screen = `${path}/${encodeURIComponent(id)}`
    const fields = await allPages(
      async (startAt) => (await ask(FieldsAnswer, { ...page(startAt), path: screen }, options)).result,
    )
    creatable.push({ id, name, subtask, ...readScreen(fields, watchedField) })
  }
  return creatable
}
