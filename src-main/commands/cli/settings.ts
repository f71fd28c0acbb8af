import type { SandboxConfig } from '#jira-sandbox'
import { tokenExpirySentence } from '../../../src-shared/domain/token-expiry.ts'
import { nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { readConfig, resolveConfig, type ConfigSources } from '../../config/read-config.ts'
import type { CommonOptions } from './define-command.ts'
import { machineClock } from '../../runtime/clock.ts'
import { say, type CliIo } from './io.ts'

/** The configuration of this call. Makes the data folder. Throws `usage`, `not-configured`, `folder-not-writable`. */
export function configOf(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): Config {
  const config = readConfig(sources(io, options, sandbox))
  saySettingsFiles(io, config)
  return config
}

/** As `configOf`, for a command that touches nothing. */
export function resolvedConfigOf(io: CliIo, options: CommonOptions): Config {
  const config = resolveConfig(sources(io, options))
  saySettingsFiles(io, config)
  return config
}

/** Refuses (`usage`) to keep what a flag or the environment says of each call: it would never be used. */
export function refuseFixed(fixedBy: string | null, problem: string): void {
  if (fixedBy === null) return
  throw nothingChanged('usage', `${fixedBy} ${problem}.`, `Leave ${fixedBy} out.`)
}

const said = new WeakSet<CliIo>()

/** Once a call: a person knows of settings from a file that happens to lie in the folder. */
function saySettingsFiles(io: CliIo, { settingsFiles }: Config): void {
  if (said.has(io)) return
  said.add(io)
  for (const sentence of settingsFiles) say(io, sentence)
}

function sources(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): ConfigSources {
  return { flags: { ...options, sandbox }, env: io.env, cwd: io.cwd }
}

/** A token that ends soon is announced in time, whatever the command does. */
export function warnOfToken(io: CliIo, { jira }: Config): void {
  const day = jira.kind === 'site' ? jira.tokenExpiresOn : null
  const sentence = tokenExpirySentence(day, machineClock.now())
  if (sentence !== null) say(io, `${sentence} Make a new one, and connect again with it (jira-tpm connect).`)
}
