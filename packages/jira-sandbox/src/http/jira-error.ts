/** The form of Jira's errors: sentences, and sentences by field. */
export interface ErrorCollection {
  readonly errorMessages: readonly string[]
  readonly errors: Readonly<Record<string, string>>
}

/** A refusal on its way to the caller: a status and a body. */
export class JiraRefusal extends Error {
  override readonly name = 'JiraError'
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`Jira answers ${status}`)
    this.status = status
    this.body = body
  }
}

export function errorCollection(
  errorMessages: readonly string[],
  errors: Readonly<Record<string, string>> = {},
): ErrorCollection {
  return { errorMessages, errors }
}

/** 400 with these sentences. */
export function badRequest(...messages: string[]): JiraRefusal {
  return new JiraRefusal(400, errorCollection(messages))
}

/** 400 with a sentence for each field. */
export function badFields(errors: Readonly<Record<string, string>>): JiraRefusal {
  return new JiraRefusal(400, errorCollection([], errors))
}

export function notFound(message: string): JiraRefusal {
  return new JiraRefusal(404, errorCollection([message]))
}

export function noSuchIssue(): JiraRefusal {
  return notFound('Issue does not exist or you do not have permission to see it.')
}

export function noSuchProject(idOrKey: string): JiraRefusal {
  return notFound(`No project could be found with key '${idOrKey}'.`)
}
