import type { PostgresConfig } from '../config/config.ts'
import { denialReason, serverNames, unreachableReason } from '../store/postgres/connection/connection-errors.ts'
import { codeOf, kindOf } from '../store/postgres/connection/failure.ts'

/** Why a server that was reached did not let us in, and what to do. */
export function refusalText(
  refusal: Error,
  config: PostgresConfig,
): { readonly message: string; readonly hint: string } {
  switch (kindOf(refusal)) {
    case 'denied': {
      const [reason, hint] = denialReason(refusal, serverNames(config))
      return { message: `The server ${reason}.`, hint }
    }
    case 'unreachable':
      return {
        message: `The server ${unreachableReason(refusal)[0]}.`,
        hint:
          codeOf(refusal) === '53300'
            ? 'Close other clients, or raise max_connections on that server; then check again.'
            : 'Check again in a moment; if it goes on, look at that server’s log.',
      }
    default:
      return {
        message: `The server does not let us in: ${refusal.message}${/[.!]$/.test(refusal.message) ? '' : '.'}`,
        hint: 'Show this to the server’s administrator.',
      }
  }
}
