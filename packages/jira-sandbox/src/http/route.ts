import type { SearchOddity } from '../search/oddities.ts'
import type { SandboxSite } from '../site.ts'

/** A request, as far as an endpoint needs it. `body` and everything in `query` came from outside. */
export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
  /** How the page of a search is to be odd, or null. */
  readonly oddity: SearchOddity | null
}

export interface Answer {
  readonly status: number
  /** Sent as JSON. Absent: no content. */
  readonly body?: unknown
  /** Sent as it is, instead of a body. */
  readonly html?: string
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** What a caller without an account gets where Jira allows that; null where it demands a login. Throws as `handle`. */
  readonly anonymous: ((site: SandboxSite, call: Call) => Answer) | null
  /** Answered, as `anonymous`, to a caller without any credentials, whatever the settings say of wrong ones. */
  readonly open?: true
  /** From which creation time on (site epoch ms) it looks at tickets: it waits until these are written. Absent: at none. */
  readonly ticketsFrom?: (call: Call) => number
  /** Throws a JiraError to refuse. */
  readonly handle: (site: SandboxSite, call: Call) => Answer
}

/** An endpoint that may be asked for the oldest ticket. */
export function ofAnyTicket(route: Route): Route {
  return { ...route, ticketsFrom: () => 0 }
}

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

export const NO_CONTENT: Answer = { status: 204 }

/** A parameter of the path. */
export function param(call: Call, name: string): string {
  const value = call.params[name]
  if (value === undefined) throw new Error(`The route has no parameter ${name}`)
  return value
}
