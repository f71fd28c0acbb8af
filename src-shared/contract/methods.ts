import type { Static } from 'typebox'
import { alertMethods } from './alerts/alerts.ts'
import { auditMethods } from './runs/audit.ts'
import { cleanUpMethods } from './runs/clean-up.ts'
import { drillMethods } from './alerts/drills.ts'
import { overviewMethods } from './overview.ts'
import { outputMethods } from './alerts/outputs.ts'
import { runOutlineMethods } from './runs/run-outlines.ts'
import { runMethods } from './runs/runs.ts'
import { screenMethods } from './screens.ts'
import { settingsMethods } from './settings.ts'
import { storeMethods } from './store.ts'
import { ticketMethods } from './tickets.ts'
import { differsMethods } from './alerts/differs.ts'
import { markMethods } from './marks.ts'
import { usualMethods } from './alerts/usual.ts'
import { viewMethods } from './views.ts'

/** Every call that a host may make. The name says the part it belongs to; nothing else can be asked of the core. */
export const methods = {
  ...ticketMethods,
  ...usualMethods,
  ...overviewMethods,
  ...runMethods,
  ...runOutlineMethods,
  ...drillMethods,
  ...cleanUpMethods,
  ...auditMethods,
  ...settingsMethods,
  ...screenMethods,
  ...storeMethods,
  ...viewMethods,
  ...markMethods,
  ...alertMethods,
  ...differsMethods,
  ...outputMethods,
}

export type MethodName = keyof typeof methods
export type Params<M extends MethodName> = Static<(typeof methods)[M]['params']>
export type Result<M extends MethodName> = Static<(typeof methods)[M]['result']>

export const METHOD_NAMES = Object.keys(methods) as MethodName[]

export function isMethod(name: unknown): name is MethodName {
  return typeof name === 'string' && Object.hasOwn(methods, name)
}

declare global {
  /** Every platform has it, whole. What is shared only passes it on. */
  interface AbortSignal {
    readonly aborted: boolean
  }
}

/** One function a method: what the core gives to every host. The signal's abort says that the caller has left. */
export type Handlers = {
  [M in MethodName]: (params: Params<M>, signal?: AbortSignal) => Promise<Result<M>>
}

/** The largest call that is read, as UTF-16 units of its JSON form. The largest real one is a few hundred. */
export const MAX_PARAMS_LENGTH = 64 * 1024

/** The same for the calls that carry a file to replay, or what was read of it. */
export const MAX_LARGE_PARAMS_LENGTH = 1024 * 1024
export const LARGE_METHODS = METHOD_NAMES.filter((name) => methods[name].isLarge)

export function maxParamsLength(name: MethodName): number {
  return methods[name].isLarge === true ? MAX_LARGE_PARAMS_LENGTH : MAX_PARAMS_LENGTH
}
