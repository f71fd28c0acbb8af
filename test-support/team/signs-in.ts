import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { decodeJwt } from 'jose'
import { sayHello, sendJson, type Answers } from './front.ts'

type Make = (scope: Scope) => Promise<string>

/** How a server signs machines in: `read-1` is a code of the scope read, good once. `make`: a token of the server behind. */
export function signsIn(make: Make): { readonly answers: readonly Answers[]; readonly ended: string[] } {
  const spent = new Set<string>()
  const ended: string[] = []
  const trade = async (asked: IncomingMessage): Promise<[number, unknown]> => {
    const { code } = (await json(asked)) as { code: string }
    const [, scope] = /^(read|run|admin)-\d+$/.exec(code) ?? []
    if (scope === undefined || spent.has(code)) return [401, refusal]
    spent.add(code)
    return [200, { ok: true, result: { ...(await given(scope as Scope)), scope } }]
  }
  const given = async (scope: Scope) => {
    const token = await make(scope)
    const { jti: id = '', exp = 0 } = decodeJwt(token)
    return { token, id, expiresMs: exp * 1_000 }
  }
  const byPath: Readonly<Record<string, (asked: IncomingMessage) => Promise<[number, unknown]>>> = {
    '/api/login': trade,
    '/api/token/renew': async () => [200, { ok: true, result: await given('read') }],
    '/api/token/end': async ({ headers }) => {
      ended.push(headers.authorization ?? '')
      return [200, { ok: true, result: {} }]
    },
  }
  const answer: Answers = (asked, response) => {
    const work = byPath[asked.url ?? '']
    if (work === undefined) return false
    void work(asked).then(([status, body]) => sendJson(response, status, body))
    return true
  }
  return { answers: [sayHello(), answer], ended }
}

const refusal = {
  ok: false,
  error: { code: 'forbidden', what: 'Spent.', consequence: '', hint: '', retryable: false },
}
