import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import type { Environment } from '../../config/environment.ts'

/** Where a command was started, as far as it matters to who opens a browser. */
export interface Surroundings {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  readonly isTerminal: boolean
  readonly isContainer: boolean
}

/** Those of this process. */
export function surroundings(env: Environment, isTerminal: boolean): Surroundings {
  const isContainer = ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file))
  return { env, platform: process.platform, isTerminal, isContainer }
}

/** Why nobody would see a browser that is opened here, or wants one: the end of a sentence. Null where it is to be opened. */
export function whyNotOpened({ env, platform, isTerminal, isContainer }: Surroundings): string | null {
  if (!isTerminal) return 'nobody is at a terminal'
  if (isSet(env['CI'])) return 'CI is set'
  if (env['BROWSER'] === 'none') return 'BROWSER is none'
  if (['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some((name) => isSet(env[name]))) {
    return 'this is a session over ssh'
  }
  // Who names a browser in one has a way out of it.
  const isClosed = isContainer && namedBrowser(env) === null
  if (isClosed || isSet(env['KUBERNETES_SERVICE_HOST'])) return 'this is a container'
  const hasDisplay =
    platform !== 'linux' || isWsl(env) || isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY'])
  return hasDisplay ? null : 'there is no display'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value)
}

/** Windows' Linux: its browsers are those of Windows. */
function isWsl(env: Environment): boolean {
  return isSet(env['WSL_DISTRO_NAME'])
}

/** The program that BROWSER names; null where it has a list or a pattern, which xdg-open reads. */
function namedBrowser(env: Environment): string | null {
  const named = env['BROWSER'] ?? ''
  return named === '' || /[:%\s]/.test(named) ? null : named
}

/** What opens an address in the person's own browser, the address following. No shell reads it. */
export function openerOf({ platform, env }: Pick<Surroundings, 'platform' | 'env'>): readonly string[] {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return isWsl(env) ? ['rundll32.exe', 'url.dll,FileProtocolHandler'] : [namedBrowser(env) ?? 'xdg-open']
}

/** One that still runs by then has become the browser (real ms). */
const FAILS_WITHIN_MS = 10_000

/** Opens an address in the person's own browser, which outlives us. Throws an Error that says why it could not. */
export async function openInBrowser(url: string, env: Environment): Promise<void> {
  const [command = '', ...args] = openerOf({ platform: process.platform, env })
  const child = spawn(command, [...args, url], { env: withoutOurs(env), detached: true, stdio: 'ignore' })
  child.unref()
  const signal = AbortSignal.timeout(FAILS_WITHIN_MS)
  const ended = once(child, 'exit', { signal }).catch((error: Error) => {
    if (!signal.aborted) throw new Error(`${command} is not there`, { cause: error })
    return [0]
  })
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}`)
}

/** A browser needs nothing of ours, and its crash reports shall not have it. */
function withoutOurs(env: Environment): NodeJS.ProcessEnv {
  const ours = /^(JIRA|PSQL|VAULT|DATABASE)_/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)))
}
