/** Why a sandbox did not start, or does not do what it is asked: a word that code can branch on. */
export type SandboxErrorCode =
  | 'usage'
  | 'busy' // another sandbox serves the file
  | 'port-in-use'
  | 'store-not-a-database'
  | 'store-newer'
  | 'store-full'
  | 'folder-not-writable'
  | 'jira-unreachable'
  | 'not-authenticated'
  | 'jira-refused'
  | 'cancelled'

/** An error as it crosses from the sandbox's thread: no stack, no cause. */
export interface SandboxRefusal {
  readonly code: SandboxErrorCode
  readonly what: string
  readonly consequence: string
  readonly hint: string
}

/** An expected failure: what happened, what that means for the person's data, and what to do next (may be empty). */
export class SandboxError extends Error implements SandboxRefusal {
  override readonly name = 'SandboxError'
  readonly code: SandboxErrorCode
  readonly what: string
  readonly consequence: string
  readonly hint: string
  /** The same call may succeed later, unchanged. */
  readonly retryable: boolean

  constructor(
    code: SandboxErrorCode,
    what: string,
    options: { consequence?: string; hint?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    const { consequence = '', hint = '', retryable = false, cause } = options
    super(consequence === '' ? what : `${what} ${consequence}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.consequence = consequence
    this.hint = hint
    this.retryable = retryable
  }
}

export function toRefusal({ code, what, consequence, hint }: SandboxError): SandboxRefusal {
  return { code, what, consequence, hint }
}

export function fromRefusal({ code, what, consequence, hint }: SandboxRefusal): SandboxError {
  return new SandboxError(code, what, { consequence, hint })
}
