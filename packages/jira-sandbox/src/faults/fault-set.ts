import type { SettingsPatch } from '../settings.ts'
import { isFaultRule, type Fault } from './fault.ts'
import { isHookFaultKind } from './fault-texts.ts'
import { checkRules, createFaults } from './request-faults.ts'
import { settingsOf, type SiteFault } from './site-faults.ts'

/**
 * What is wrong with a site: with its requests, with its webhooks, and with itself, for which `spoil` is called with the
 * settings that the faults make. `onSet` is called when they are replaced.
 */
export function createFaultSet(spoil: (settings: SettingsPatch) => void, onSet: () => void) {
  const ofRequests = createFaults(onSet)
  const ofHooks = createFaults()
  let ofSite: readonly SiteFault[] = []

  return {
    /** Meets requests with the faults that are meant for them. */
    ofRequests,
    /** Meets deliveries of webhooks. */
    ofHooks,
    /** What is set and not over yet. */
    current: (): readonly Fault[] => [...ofSite, ...ofRequests.remaining(), ...ofHooks.remaining()],
    /** Replaces all faults. Throws a SyntaxError or `usage` where they make no sense; then nothing changes. */
    set(next: readonly Fault[]): void {
      const wanted = next.filter((fault) => !isFaultRule(fault))
      const rules = next.filter(isFaultRule)
      checkRules(rules)
      spoil(settingsOf(wanted))
      ofRequests.set(rules.filter(({ kind }) => !isHookFaultKind(kind)))
      ofHooks.set(rules.filter(({ kind }) => isHookFaultKind(kind)))
      ofSite = wanted
    },
  }
}
