import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { DayString } from '../../src-shared/contract/schema.ts'
import { WatchChoice } from '../../src-shared/contract/settings.ts'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { type AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { CONTEXT_PATH, SANDBOX_LIMITS as limits } from '#jira-sandbox'

/** What `config.json` of the workspace may hold. No secrets: it is a plain file. */
export const ConfigFile = Type.Object(
  {
    /** `sandbox` or the site's URL. */
    jira: Type.Optional(Type.String({ minLength: 1 })),
    user: Type.Optional(Type.String({ minLength: 1 })),
    project: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    /** A PEM file; a relative one is one of the workspace. */
    caFile: Type.Optional(Type.String({ minLength: 1 })),
    /** The last day on which the token works. */
    tokenExpires: Type.Optional(DayString),
    watch: Type.Optional(WatchChoice),
    /** The kind of store that this workspace's tokens and passwords were put into. */
    tokenIn: Type.Optional(Type.Union([Type.Literal('keychain'), Type.Literal('safe-storage')])),
    /** `sqlite:FILE` or `postgres://user@host:port/database?sslmode=…`; a relative file is one of the workspace. */
    store: Type.Optional(Type.String({ minLength: 1 })),
    /** As after `--fallback`. */
    fallback: Type.Optional(Type.Literal('sqlite')),
    zone: Type.Optional(Type.String({ minLength: 1 })),
    syncIntervalSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 3_600 })),
    sandbox: Type.Optional(
      Type.Object(
        {
          port: Type.Optional(Type.Integer(range(limits.port))),
          historyTickets: Type.Optional(Type.Integer(range(limits.historyTickets))),
          historyHours: Type.Optional(Type.Number(range(limits.historyHours))),
          seed: Type.Optional(Type.Integer(range(limits.seed))),
          /** As after `sandbox --lag`: `none`, `5s`, `2s-10s`. */
          lag: Type.Optional(Type.String()),
          userZone: Type.Optional(Type.String()),
          siteZone: Type.Optional(Type.String()),
          burst: Type.Optional(Type.Integer(range(limits.burstPerSecond))),
          deployment: Type.Optional(Type.Union([Type.Literal('cloud'), Type.Literal('data-center')])),
          contextPath: Type.Optional(Type.String({ pattern: CONTEXT_PATH })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type ConfigFile = Static<typeof ConfigFile>

/** Reads the workspace's `config.json`; empty where there is none. Throws `not-configured` where it is not right. */
export function readConfigFile(dataDir: string): ConfigFile {
  const file = configFilePath(dataDir)
  const content = readJson(file)
  if (content === undefined) return {}
  if (Check(ConfigFile, content)) {
    const { tokenExpires } = content
    if (tokenExpires === undefined || isDay(tokenExpires)) return content
    throw badConfigFile(file, `has a wrong value at /tokenExpires: ${tokenExpires} is no day`)
  }
  const first = Errors(ConfigFile, content)[0]
  const where = first?.instancePath ? ` at ${first.instancePath}` : ''
  throw badConfigFile(file, `has a wrong value${where}: ${first?.message ?? 'not of its shape'}`)
}

/** All of it that is not about the one Jira that it names. */
export function withoutJira(content: ConfigFile): ConfigFile {
  const others = Object.entries(content).filter(([name]) => !JIRA_PARTS.has(name))
  return Object.fromEntries(others)
}

const JIRA_PARTS: ReadonlySet<string> = new Set([
  'jira',
  'user',
  'project',
  'caFile',
  'tokenExpires',
  'watch',
] satisfies (keyof ConfigFile)[])

export function configFilePath(dataDir: string): string {
  return path.join(dataDir, 'config.json')
}

export function badConfigFile(file: string, problem: string): AppError {
  return nothingStarted(
    'not-configured',
    `The settings file ${file} ${problem}.`,
    'Correct it, or delete it to have the defaults.',
  )
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // Where the folder itself is bad, preparing it says so better.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw badConfigFile(file, `cannot be read (${code ?? String(cause)})`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw badConfigFile(file, 'is not JSON')
  }
}

function range(limit: { readonly min: number; readonly max: number }): { minimum: number; maximum: number } {
  return { minimum: limit.min, maximum: limit.max }
}
