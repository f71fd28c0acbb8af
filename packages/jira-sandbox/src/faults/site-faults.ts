import { Type, type Static, type TProperties } from 'typebox'
import { LIVE_SETTINGS, type SettingsPatch } from '../settings.ts'
import type { SiteFaultKind } from './fault-texts.ts'

function named<K extends SiteFaultKind, P extends TProperties>(kind: K, parameters: P) {
  return Type.Object({ kind: Type.Literal(kind), ...parameters }, { additionalProperties: false })
}

const Milliseconds = Type.Integer({ minimum: 0, maximum: 86_400_000 })

/** Something that is wrong with the site for as long as it is set. */
export const SiteFault = Type.Union([
  named('expired-token', {}),
  named('captcha', {}),
  named('scoped-token', {}),
  named('empty-for-strangers', {}),
  named('no-permission', { permission: Type.Enum(['browse', 'create', 'delete', 'administer']) }),
  named('hidden-project', { key: Type.String({ maxLength: 10 }) }),
  named('unseen-project-refused', {}),
  named('no-priority-on-screen', {}),
  named('renamed-priorities', { names: LIVE_SETTINGS.priorityNames }),
  named('severity-field', {}),
  named('required-field', {}),
  named('clock-skew', { ms: LIVE_SETTINGS.clockSkewMs }),
  named('index-lag', { minMs: Type.Optional(Milliseconds), maxMs: Milliseconds }),
  named('burst-limit', { perSecond: LIVE_SETTINGS.burstPerSecond }),
  named('page-cap', { tickets: LIVE_SETTINGS.searchPageCap }),
  named('search-window', { tickets: LIVE_SETTINGS.searchWindow }),
  named('search-removed', {}),
  named('older-server', {}),
])
export type SiteFault = Static<typeof SiteFault>

type PlainFault = Exclude<SiteFault, { kind: 'no-permission' | 'hidden-project' }>
type SettingOf<K> = (fault: Extract<PlainFault, { kind: K }>) => SettingsPatch

const SETTING_OF: { readonly [K in PlainFault['kind']]: SettingOf<K> } = {
  'expired-token': () => ({ token: 'expired' }),
  captcha: () => ({ token: 'locked-out' }),
  'scoped-token': () => ({ scopedToken: true }),
  'empty-for-strangers': () => ({ anonymous: 'empty' }),
  'unseen-project-refused': () => ({ unseenInJql: 'refused' }),
  'no-priority-on-screen': () => ({ priorityOnScreen: false }),
  'renamed-priorities': ({ names }) => ({ priorityNames: names }),
  'severity-field': () => ({ severity: 'optional' }),
  'required-field': () => ({ requiredField: true }),
  'clock-skew': ({ ms }) => ({ clockSkewMs: ms }),
  'index-lag': ({ maxMs, minMs = maxMs }) => ({ indexLag: { kind: 'random', minMs, maxMs } }),
  'burst-limit': ({ perSecond }) => ({ burstPerSecond: perSecond }),
  'page-cap': ({ tickets }) => ({ searchPageCap: tickets }),
  'search-window': ({ tickets }) => ({ searchWindow: tickets }),
  'search-removed': () => ({ classicSearch: 'removed' }),
  'older-server': () => ({ serverVersion: '9.12.0' }),
}

/** The settings that these faults make of a site; those of its start for the rest. */
export function settingsOf(faults: readonly SiteFault[]): SettingsPatch {
  const settings: SettingsPatch = {}
  for (const fault of faults) {
    const { permissions, hiddenProjects = [] } = settings
    if (fault.kind === 'no-permission') settings.permissions = { ...permissions, [fault.permission]: false }
    else if (fault.kind === 'hidden-project') settings.hiddenProjects = [...hiddenProjects, fault.key]
    else Object.assign(settings, (SETTING_OF[fault.kind] as SettingOf<string>)(fault as never))
  }
  return settings
}
