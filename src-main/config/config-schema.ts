import { Type, type Static, type TSchema } from 'typebox'
import { DayString } from '../../src-shared/contract/schema.ts'
import { WatchChoice } from '../../src-shared/contract/settings.ts'
import { CONTEXT_PATH, SANDBOX_LIMITS as limits, type Limits } from '#jira-sandbox'
import { ALL_SETTINGS, type Setting, type SettingName, type SettingsTable } from './settings-table.ts'

const KINDS = {
  text: Type.String({ minLength: 1 }),
  key: Type.String({ minLength: 1, maxLength: 32 }),
  day: DayString,
  watch: WatchChoice,
  sqlite: Type.Literal('sqlite'),
  'secret-store': Type.Union([Type.Literal('keychain'), Type.Literal('safe-storage')]),
  seconds: Type.Number({ minimum: 1, maximum: 3_600 }),
  sandbox: Type.Partial(
    Type.Object({
      port: Type.Integer(range(limits.port)),
      historyTickets: Type.Integer(range(limits.historyTickets)),
      historyHours: Type.Number(range(limits.historyHours)),
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
export const CONFIG_FILE: TSchema = Type.Object(
  Object.fromEntries(
    ALL_SETTINGS.flatMap(([name, { file }]) =>
      file === undefined ? [] : [[name, Type.Optional(KINDS[file])]],
    ),
  ),
  { additionalProperties: false },
)
