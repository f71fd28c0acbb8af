import { Type, type Static } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { DEFAULT_PROJECT, PRIORITIES } from './catalog.ts'
import { CONTEXT_PATH, type SandboxConfig } from './config.ts'
import { SandboxError } from './sandbox-error.ts'

const TWENTY_YEARS_MS = 20 * 365 * 86_400_000
const Milliseconds = Type.Integer({ minimum: 0, maximum: 86_400_000 })

const IndexLagSetting = Type.Union([
  Type.Object({ kind: Type.Literal('none') }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('fixed'), ms: Milliseconds }, { additionalProperties: false }),
  Type.Object(
    { kind: Type.Literal('random'), minMs: Milliseconds, maxMs: Milliseconds },
    { additionalProperties: false },
  ),
])

const Zone = Type.String({ minLength: 1, maxLength: 64 })

export const ProjectSetting = Type.Object(
  {
    key: Type.String({ pattern: '^[A-Z][A-Z0-9]{1,9}$' }),
    name: Type.String({ minLength: 1, maxLength: 80 }),
  },
  { additionalProperties: false },
)
export type ProjectSetting = Static<typeof ProjectSetting>

/** What may change while the sandbox runs. */
export const LIVE_SETTINGS = {
  indexLag: IndexLagSetting,
  userZone: Zone,
  siteZone: Zone,
  burstPerSecond: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /**
   * What a caller with missing or wrong credentials gets where Jira allows anonymous use: a 401, or the empty answer
   * of a site in which nobody sees anything. Real sites do both.
   */
  anonymous: Type.Union([Type.Literal('refused'), Type.Literal('empty')]),
  /** False: the create screen has no priority field, and setting one is refused. */
  priorityOnScreen: Type.Boolean(),
  /** Which Jira it plays: Cloud's REST v3, or a Data Center server's REST v2. */
  deployment: Type.Union([Type.Literal('cloud'), Type.Literal('data-center')]),
  /** Data Center: the most tickets of one page of a search, as its administrator sets it. */
  searchPageCap: Type.Integer({ minimum: 1, maximum: 100_000 }),
  /** Data Center: how deep into its results a search may page. */
  searchWindow: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** Data Center: its version. From 10.0 on webhooks are registered at another path, and signed. */
  serverVersion: Type.Union([Type.Literal('10.3.5'), Type.Literal('9.12.0')]),
  /** Cloud: whether the search of REST v2 is there, as it was until 2025, or answers 410 as the one of v3 does. */
  classicSearch: Type.Union([Type.Literal('served'), Type.Literal('removed')]),
  /** What has become of the account's token. `locked-out`: too many wrong passwords, and Jira asks for a CAPTCHA. */
  token: Type.Union([Type.Literal('good'), Type.Literal('expired'), Type.Literal('locked-out')]),
  /** True: the token is taken at the gateway alone (`/ex/jira/{cloudId}`), and refused at the site's own address. */
  scopedToken: Type.Boolean(),
  /** What the account may do; absent: it may. Without `browse` it sees no project. */
  permissions: Type.Object(
    {
      browse: Type.Optional(Type.Boolean()),
      create: Type.Optional(Type.Boolean()),
      delete: Type.Optional(Type.Boolean()),
      administer: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  /** Keys of projects that the account does not see. */
  hiddenProjects: Type.Array(Type.String({ maxLength: 10 }), { maxItems: 100 }),
  /** What a search for a project that the account does not see is answered with: nothing, or a 400. */
  unseenInJql: Type.Union([Type.Literal('empty'), Type.Literal('refused')]),
  /** Names of the priorities, most urgent first; their ids stay. */
  priorityNames: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 5, maxItems: 5 }),
  /** `optional`: there is a select field "Severity" next to the priority. */
  severity: Type.Union([Type.Literal('none'), Type.Literal('optional')]),
  /** True: the create screen demands a field that has no default. */
  requiredField: Type.Boolean(),
  /** How far the clock that the site shows is from its true one, in ms; negative where it is slow. */
  clockSkewMs: Type.Integer({ minimum: -TWENTY_YEARS_MS, maximum: TWENTY_YEARS_MS }),
  /** Projects to be there; none is ever taken away. */
  projects: Type.Array(ProjectSetting, { minItems: 1, maxItems: 100 }),
}
const LiveSettings = Type.Object(LIVE_SETTINGS, { additionalProperties: false })
export type LiveSettings = Readonly<Static<typeof LiveSettings>>

export const SettingsPatch = Type.Partial(LiveSettings, { additionalProperties: false })
export type SettingsPatch = Static<typeof SettingsPatch>

const StartSettings = Type.Object(
  {
    ...LIVE_SETTINGS,
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    historyTickets: Type.Integer({ minimum: 0, maximum: 5_000_000 }),
    historyHours: Type.Number({ exclusiveMinimum: 0, maximum: 87_600 }),
    historyWeeks: Type.Integer({ minimum: 0, maximum: 52 }),
    seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
    /** A path before everything: empty, or like `/jira`. */
    contextPath: Type.String({ pattern: CONTEXT_PATH }),
  },
  { additionalProperties: false },
)
export type StartSettings = Readonly<Static<typeof StartSettings>>

/** What the application configures, and what only tests and the curious set. */
export type SandboxSettings = SandboxConfig & Partial<LiveSettings>

const DEFAULTS = {
  anonymous: 'refused',
  priorityOnScreen: true,
  token: 'good',
  scopedToken: false,
  permissions: {},
  hiddenProjects: [],
  unseenInJql: 'empty',
  priorityNames: PRIORITIES.map(({ name }) => name),
  severity: 'none',
  requiredField: false,
  clockSkewMs: 0,
  searchPageCap: 1_000,
  searchWindow: 10_000,
  serverVersion: '10.3.5',
  classicSearch: 'served',
  projects: [DEFAULT_PROJECT],
} as const

/** Completes and checks the settings of a sandbox. Throws `usage`, naming the setting that is wrong. */
export function checkSettings(settings: SandboxSettings): StartSettings {
  const complete: unknown = { ...DEFAULTS, ...settings }
  if (!Check(StartSettings, complete)) {
    const first = Errors(StartSettings, complete)[0]
    throw wrongSetting(`${first?.instancePath.slice(1) ?? ''} ${first?.message ?? 'is not of its shape'}`)
  }
  checkMeaning(complete)
  return complete
}

/** Checks what a schema cannot say: that zones exist and that a span is not upside down. Throws `usage`. */
export function checkMeaning(settings: SettingsPatch): void {
  for (const name of ['userZone', 'siteZone'] as const) {
    const zone = settings[name]
    if (zone !== undefined && !isZone(zone)) throw wrongSetting(`${name} ${zone} is not a time zone`)
  }
  const names = settings.priorityNames
  if (names !== undefined && new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    throw wrongSetting(`priorityNames has a name twice: ${names.join(', ')}`)
  }
  const lag = settings.indexLag
  if (lag?.kind === 'random' && lag.minMs > lag.maxMs) {
    throw wrongSetting(`indexLag is from ${lag.minMs} to ${lag.maxMs} ms, which is upside down`)
  }
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function wrongSetting(what: string): SandboxError {
  return new SandboxError('usage', `The sandbox Jira cannot run with these settings: ${what}.`, {
    consequence: 'Nothing was changed.',
  })
}
