/**
 * The sandbox Jira, for the program that starts it: it runs in a thread of its own, and is spoken to over HTTP only.
 * Nothing here loads what the sandbox itself needs.
 */
export {
  CONTEXT_PATH,
  DEFAULT_SANDBOX,
  INDEX_LAG_FORMS,
  parseIndexLag,
  SANDBOX_LIMITS,
  type Limits,
  type SandboxConfig,
  type SandboxIndexLag,
} from './config.ts'
export { DEFAULT_PROJECT, ISSUE_TYPES, PRIORITIES, SEVERITIES, SEVERITY_FIELD } from './catalog.ts'
export { createClockControl, setMood, type SandboxAddress } from './control.ts'
export type { Fault } from './faults/fault.ts'
export type { FaultKind } from './faults/fault-texts.ts'
export type { FaultRule } from './faults/request-faults.ts'
export { isMoodName, MOOD_NAMES, MOODS, type MoodName } from './faults/moods.ts'
export { SandboxError } from './sandbox-error.ts'
export { startSandbox, type Sandbox } from './sandbox.ts'
export type { SandboxSettings, SettingsPatch } from './settings.ts'
