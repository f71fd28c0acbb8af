/**
 * What Jira says in the body of a refusal, as one line; empty where it says nothing that can be read. Most endpoints
 * answer `{errorMessages, errors: {field: message}}`, bulk ones `{errors: [{message}]}`, gateways a page or plain text.
 */
export function saidByJira(text: string): string {
  const body = parsed(text)
  if (!isObject(body)) return ''
  const general = Array.isArray(body['errorMessages']) ? (body['errorMessages'] as unknown[]) : []
  const errors = body['errors']
  const listed = Array.isArray(errors)
    ? errors.map((error) => (isObject(error) ? error['message'] : null))
    : []
  const byField = isObject(errors)
    ? Object.entries(errors).map(([field, said]) => `${field}: ${String(said)}`)
    : []
  return [...general, ...listed, ...byField].filter((said) => typeof said === 'string').join(' ')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
