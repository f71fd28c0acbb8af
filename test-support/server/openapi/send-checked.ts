import type { createDocumentCheck } from './document.ts'

export interface Sent {
  readonly method?: string
  readonly token?: string | null
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends a request to a server at `url`, and checks that its answer is as the document says. */
export async function sendChecked(
  document: ReturnType<typeof createDocumentCheck>,
  url: string,
  path: string,
  { method = 'POST', token = null, headers = {}, body }: Sent,
): Promise<{ status: number; body: unknown; cookie: string }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
  const contentType = response.headers.get('content-type')
  const text = await response.text()
  const parsed = contentType?.startsWith('application/json') === true ? (JSON.parse(text) as unknown) : text
  document.answer(method, path, { status: response.status, contentType, body: parsed })
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { status: response.status, body: parsed, cookie }
}
