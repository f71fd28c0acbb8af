import { Type } from 'typebox'
import { checked } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import { ok, type Route } from '../http/route.ts'
import { JqlError } from '../jql/jql-error.ts'
import { parseJql } from '../jql/parser.ts'
import { compileJql } from '../jql/compile.ts'
import { jqlContext } from '../search/search.ts'
import type { SandboxSite } from '../site.ts'

const Body = Type.Object(
  { queries: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }) },
  { additionalProperties: false },
)
const VALIDATIONS = ['strict', 'warn', 'none']

/** Says of each query what is wrong with it. The structure of a query is not given; the errors are what we need. */
export const parseQueries: Route = {
  method: 'POST',
  path: '/rest/api/3/jql/parse',
  anonymous: (_site, call) => {
    const { queries } = checked(Body, call.body)
    return ok({ queries: queries.map((query) => ({ query, errors: problems(() => parseJql(query)) })) })
  },
  handle: (site, call) => {
    const validation = call.query.get('validation') ?? 'strict'
    if (!VALIDATIONS.includes(validation)) throw badRequest(`Invalid validation mode: '${validation}'`)
    const { queries } = checked(Body, call.body)
    return ok({ queries: queries.map((query) => judged(site, query, validation)) })
  },
}

function judged(site: SandboxSite, query: string, validation: string): object {
  const syntax = problems(() => parseJql(query))
  const meaning = syntax.length > 0 || validation === 'none' ? [] : problems(() => compile(site, query))
  const errors = validation === 'strict' ? [...syntax, ...meaning] : syntax
  return {
    query,
    ...(errors.length > 0 && { errors }),
    ...(validation === 'warn' && meaning.length > 0 && { warnings: meaning }),
  }
}

function compile(site: SandboxSite, query: string): void {
  compileJql(query, jqlContext(site, site.clock.now()))
}

function problems(read: () => unknown): readonly string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof JqlError) return error.messages
    throw error
  }
}
