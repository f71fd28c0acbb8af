import type { TeamServer, TeamServers } from '../../src-shared/contract/desktop.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { durationText, momentText } from '../live/text.ts'

/** What a sign-in of a scope may do, in a few words. */
export const SCOPE_TEXT: Readonly<Record<Scope, string>> = {
  display: 'may see the TV view',
  read: 'may look on',
  run: 'may look on and work runs',
  admin: 'may change everything',
}

const DAY_MS = 24 * 3_600_000

/** `for 90 days, longer by each use`; that it has ended. By this machine's clock. */
export function expiryText(expiresMs: number, nowMs: number): string {
  const leftMs = expiresMs - nowMs
  if (leftMs <= 0) return 'sign-in has expired'
  const days = Math.round(leftMs / DAY_MS)
  const left = days < 2 ? durationText(leftMs) : `${days} days`
  return `signed in for ${left}, longer by each use`
}

/** The server that the window works on; null where that is this computer. */
export function currentServer(state: TeamServers | null): TeamServer | null {
  return state?.servers.find(({ url }) => url === state.current) ?? null
}

/** The name and port by which people know a server. */
export function hostOf(url: string): string {
  return new URL(url).host
}

/** What is said while a window shows what it knew last: `Not connected to tpm.example.com. As of 14:05:12.` */
export function awayText(state: TeamServers, zone: string, nowMs: number): string {
  const { current, asOfMs, state: connection } = state
  const host = current === null ? '' : hostOf(current)
  const what = connection === 'connecting' ? `Connecting to ${host}.` : `Not connected to ${host}.`
  return asOfMs === null ? what : `${what} As of ${momentText(asOfMs, zone, nowMs)}.`
}
