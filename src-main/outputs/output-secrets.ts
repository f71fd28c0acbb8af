import type { Output } from '../../src-shared/contract/alerts/outputs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { outputVariable } from '../config/output-secrets.ts'
import { limit } from '../runtime/async.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { StoredOutput } from '../store/alerts/outputs.ts'

/** A keychain that had nothing, or was locked, is asked again after so long (real ms): the latter shows a dialog. */
const AGAIN_MS = { none: 60_000, unknown: 600_000 }

/** Each question is a process. */
const ASKED_AT_ONCE = 2

type Found =
  | { readonly secret: string; readonly in: Exclude<Output['secretIn'], 'none' | 'unknown'> }
  | { readonly secret: null; readonly in: 'none' | 'unknown' }

interface SecretsParts {
  readonly secrets: Pick<Secrets, 'kept' | 'keep' | 'forget'>
  readonly environment: Readonly<Record<string, string>>
  readonly clock: Clock
}

export type OutputSecrets = ReturnType<typeof createOutputSecrets>

/** The secrets of outputs that this instance has: from its environment, else from its keychain, asked once for each change. */
export function createOutputSecrets({ secrets, environment, clock }: SecretsParts) {
  const asked = new Map<string, { readonly revision: string; readonly atMs: number; readonly found: Found }>()

  const keychain = limit(ASKED_AT_ONCE)
  const ask = async (output: StoredOutput, signal: AbortSignal): Promise<Found> => {
    const ofEnvironment = environment[outputVariable(output.name)]
    if (ofEnvironment !== undefined) return { secret: ofEnvironment, in: 'environment' }
    try {
      const kept = await keychain(() => secrets.kept({ kind: 'output', id: output.id }, signal), signal)
      return kept === null ? { secret: null, in: 'none' } : { secret: kept, in: 'kept' }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { secret: null, in: 'unknown' }
    }
  }

  return {
    /** Throws only what is a fault of the program. */
    async find(output: StoredOutput, signal: AbortSignal): Promise<Found> {
      const before = asked.get(output.id)
      if (before !== undefined && before.revision === output.revision) {
        const { found, atMs } = before
        if (found.secret !== null || elapsedMs(clock) - atMs < AGAIN_MS[found.in]) return found
      }
      const found = await ask(output, signal)
      if (found.secret !== null) rememberOutputSecret(found.secret)
      asked.set(output.id, { revision: output.revision, atMs: elapsedMs(clock), found })
      return found
    },
    /** Throws as `Secrets.keep`. */
    keep: (id: string, secret: string, signal: AbortSignal): Promise<void> => {
      rememberOutputSecret(secret)
      asked.delete(id)
      return secrets.keep({ kind: 'output', id }, secret, signal)
    },
    /** False where the keychain had none. Throws as `Secrets.forget`. */
    forget: (id: string, signal: AbortSignal): Promise<boolean> => {
      asked.delete(id)
      return secrets.forget({ kind: 'output', id }, signal)
    },
  }
}

/** No text shows it from now on; of an address also not what is secret of it alone. */
function rememberOutputSecret(secret: string): void {
  rememberSecret(secret, null)
  const url = URL.parse(secret)
  if (url === null) return
  if (url.pathname.length > 1) rememberSecret(url.pathname, null)
  if (url.search !== '') rememberSecret(url.search, null)
  if (url.password !== '') rememberSecret(decodeURIComponent(url.password), decodeURIComponent(url.username))
}
