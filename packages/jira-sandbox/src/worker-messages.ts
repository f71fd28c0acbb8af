import type { SandboxCredentials } from './database/meta.ts'
import type { SandboxRefusal } from './sandbox-error.ts'
import type { SandboxSettings } from './settings.ts'

/** What the worker is started with. */
export interface WorkerStart {
  readonly file: string
  readonly settings: SandboxSettings
  readonly credentials: SandboxCredentials | undefined
}

/** What the worker says. */
export type WorkerMessage =
  | {
      readonly kind: 'ready'
      readonly url: string
      readonly siteId: string
      readonly email: string
      readonly apiToken: string
    }
  /** It did not start, for a reason that a person can do something about. */
  | { readonly kind: 'refused'; readonly error: SandboxRefusal }
  /** It goes on, but a request ended in an error that is no answer of Jira's. */
  | { readonly kind: 'bug'; readonly error: Error }

/** The messages to the worker: there is one only. */
export type WorkerCommand = 'stop'
