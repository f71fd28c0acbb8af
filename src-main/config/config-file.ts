import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CONTEXT_PATH, SANDBOX_LIMITS as limits, type Limits } from '#jira-sandbox'
import { Type, type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { DayString } from '../../src-shared/contract/schema.ts'
import { WatchChoice, type Settings } from '../../src-shared/contract/settings.ts'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { replaceJson } from '../runtime/private-files.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import type { StoreConfig } from './config.ts'
import { writeFailure } from './data-dir.ts'
import {
  ALL_SETTINGS,
  SETTINGS,
  type Setting,
  type SettingName,
  type SettingsTable,
} from './settings-table.ts'
import { storeText, workspaceStore } from './store-config.ts'

const KINDS = {
  text: Type.String({ minLength: 1 }),
  key: Type.String({ minLength: 1, maxLength: 32 }),
  day: DayString,
  watch: WatchChoice,
  sqlite: Type.Literal('sqlite'),
  'secret-store': Type.Union([Type.Literal('keychain'), Type.Literal('safe-storage')]),
  switch: Type.Boolean(),
  seconds: Type.Number({ minimum: 1, maximum: 3_600 }),
  sandbox: Type.Partial(
    Type.Object({
      port: Type.Integer(range(limits.port)),
      historyTickets: Type.Integer(range(limits.historyTickets)),
      historyHours: Type.Number(range(limits.historyHours)),
      historyWeeks: Type.Integer(range(limits.historyWeeks)),
      seed: Type.Integer(range(limits.seed)),
      /** As after `sandbox --lag`: `none`, `5s`, `2s-10s`. */
      lag: Type.String(),
      userZone: Type.String(),
      siteZone: Type.String(),
      burst: Type.Integer(range(limits.burstPerSecond)),
      deployment: Type.Union([Type.Literal('cloud'), Type.Literal('data-center')]),
      contextPath: Type.String({ pattern: CONTEXT_PATH }),
    }),
    { additionalProperties: false },
  ),
} satisfies Record<NonNullable<Setting['file']>, TSchema>

function range({ min, max }: Limits): { minimum: number; maximum: number } {
  return { minimum: min, maximum: max }
}

type KindOf<N extends SettingName> = SettingsTable[N] extends { file: infer K extends keyof typeof KINDS }
  ? K
  : never

/** What `config.json` of the workspace may hold. */
export type ConfigFile = {
  readonly [N in SettingName as KindOf<N> extends never ? never : N]?: Static<(typeof KINDS)[KindOf<N>]>
}

/** The schema of a `ConfigFile`. */
const CONFIG_FILE: TSchema = Type.Object(
  Object.fromEntries(
    ALL_SETTINGS.flatMap(([name, { file }]) =>
      file === undefined ? [] : [[name, Type.Optional(KINDS[file])]],
    ),
  ),
  { additionalProperties: false },
)

/** Reads the workspace's `config.json`; empty where there is none. Throws `not-configured` where it is not right. */
export function readConfigFile(dataDir: string): ConfigFile {
  const content = readJson(dataDir)
  if (content === undefined) return {}
  if (Check(CONFIG_FILE, content)) {
    const { tokenExpires } = content as ConfigFile
    if (tokenExpires === undefined || isDay(tokenExpires)) return content as ConfigFile
    throw badConfigFile(dataDir, `has a wrong value at /tokenExpires: ${tokenExpires} is no day`)
  }
  const first = Errors(CONFIG_FILE, content)[0]
  const where = first?.instancePath ? ` at ${first.instancePath}` : ''
  throw badConfigFile(dataDir, `has a wrong value${where}: ${first?.message ?? 'not of its shape'}`)
}

/** All of it that is not about the one Jira that it names. */
export function withoutJira(content: ConfigFile): ConfigFile {
  const others = Object.entries(content).filter(([name]) => SETTINGS[name as keyof ConfigFile].of !== 'jira')
  return Object.fromEntries(others)
}

function configFilePath(dataDir: string): string {
  return path.join(dataDir, 'config.json')
}

/** `problem` goes on after the file's name. */
export function badConfigFile(dataDir: string, problem: string): AppError {
  return nothingStarted(
    'not-configured',
    `The settings file ${configFilePath(dataDir)} ${problem}.`,
    'Correct it, or delete it to have the defaults.',
  )
}

function readJson(dataDir: string): unknown {
  let text: string
  try {
    text = readFileSync(configFilePath(dataDir), 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // Where the folder itself is bad, preparing it says so better.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw badConfigFile(dataDir, `cannot be read (${code ?? String(cause)})`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw badConfigFile(dataDir, 'is not JSON')
  }
}

/**
 * Writes another config.json: a reader gets the old one or the new one, never half of it, and two processes do
 * not undo each other's changes. Throws `not-configured` (the old one is not right), `folder-not-writable` or `busy`.
 */
export async function changeConfigFile(
  dataDir: string,
  change: (content: ConfigFile) => ConfigFile,
): Promise<void> {
  const file = configFilePath(dataDir)
  try {
    await withFolderLock(dataDir, () => replaceJson(file, change(readConfigFile(dataDir))))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'folder-not-writable',
      `The settings file ${file} cannot be written: ${writeFailure(cause)}.`,
      {
        consequence: 'The settings are as they were.',
        hint: 'Make room or make the folder writable, and try it again.',
        cause,
      },
    )
  }
}

/** The Jira part of config.json. A token is no part of it. */
export type JiraSettings = NonNullable<Settings['jira']>

/**
 * Sets which Jira this workspace watches from the next start on; null: the sandbox. All else in config.json stays.
 * Throws `not-configured`, `folder-not-writable` or `busy`.
 */
export function saveJiraSettings(dataDir: string, settings: JiraSettings | null): Promise<void> {
  return changeConfigFile(dataDir, (content) => {
    const rest = withoutJira(content)
    return settings === null ? rest : { ...jiraPart(settings), ...rest }
  })
}

/** Field by field: whatever else the caller's object holds, as a token, stays out. */
function jiraPart({ url, user, projectKey, caFile, tokenExpiresOn, watch }: JiraSettings): ConfigFile {
  const { field, ids } = watch
  return {
    jira: url,
    ...(user === null ? {} : { user }),
    ...(projectKey === null ? {} : { project: projectKey }),
    ...(caFile === null ? {} : { caFile }),
    ...(tokenExpiresOn === null ? {} : { tokenExpires: tokenExpiresOn }),
    watch: { field: { id: field.id, name: field.name }, ids: [...ids] },
  }
}

/**
 * Sets where this workspace keeps its tickets from the next start on. All else in config.json stays; a password is no
 * part of it. Throws `not-configured`, `folder-not-writable` or `busy`.
 */
export function saveStoreSettings(dataDir: string, store: StoreConfig): Promise<void> {
  const isDefault = store.kind === 'sqlite' && store.file === workspaceStore(dataDir).file
  return changeConfigFile(dataDir, ({ store: _former, ...rest }) =>
    isDefault ? rest : { ...rest, store: storeText(store) },
  )
}
