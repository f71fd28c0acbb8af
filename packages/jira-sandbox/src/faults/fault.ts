import { Type, type Static, type TSchema } from 'typebox'
import { isFaultKind, type FaultName } from './fault-texts.ts'
import { FaultRule } from './request-faults.ts'
import { SiteFault } from './site-faults.ts'

/** Something that goes wrong on purpose: with single requests, or with the site for as long as it is set. */
export const Fault = Type.Union([FaultRule, SiteFault])
export type Fault = Static<typeof Fault>

/** What a fault of this name looks like. */
export function schemaOf(name: FaultName): TSchema {
  const ofSite = SiteFault.anyOf.find(({ properties }) => properties.kind.const === name)
  return ofSite ?? FaultRule
}

/** Whether a fault meets single requests. */
export function isFaultRule(fault: Fault): fault is FaultRule {
  return isFaultKind(fault.kind)
}
