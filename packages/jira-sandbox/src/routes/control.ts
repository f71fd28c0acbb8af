import { Type } from 'typebox'
import { SandboxError } from '../sandbox-error.ts'
import { Fault } from '../faults/fault.ts'
import { isMoodName, MOOD_NAMES } from '../faults/moods.ts'
import { checked } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import { ok, type Route } from '../http/route.ts'
import { SettingsPatch } from '../settings.ts'

/** No part of Jira: how the application runs the clock, and how tests spoil things. */

const ClockRequest = Type.Union([
  Type.Object(
    { rate: Type.Number({ exclusiveMinimum: 1, maximum: 3_600 }), untilSiteMs: Type.Integer({ minimum: 0 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { rate: Type.Literal(1), untilSiteMs: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  ),
])

export const getClock: Route = {
  method: 'GET',
  path: '/sandbox/clock',
  anonymous: null,
  handle: (site) => ok(site.clock.current()),
}

/** Starts a fast stretch that ends by itself, or, with rate 1, ends it now. */
export const putClock: Route = {
  method: 'PUT',
  path: '/sandbox/clock',
  anonymous: null,
  handle: (site, call) => {
    const { rate, untilSiteMs } = checked(ClockRequest, call.body)
    return ok(site.clock.run(rate, untilSiteMs ?? 0))
  },
}

export const getFaults: Route = {
  method: 'GET',
  path: '/sandbox/faults',
  anonymous: null,
  handle: (site) => ok({ rules: site.currentFaults() }),
}

const FaultsBody = Type.Object(
  { rules: Type.Array(Fault, { maxItems: 100 }) },
  { additionalProperties: false },
)

/** Replaces all faults. */
export const putFaults: Route = {
  method: 'PUT',
  path: '/sandbox/faults',
  anonymous: null,
  handle: (site, call) => {
    const { rules } = checked(FaultsBody, call.body)
    try {
      site.setFaults(rules)
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof SandboxError) throw badRequest(error.message)
      throw error
    }
    return ok({ rules: site.currentFaults() })
  },
}

export const getSettings: Route = {
  method: 'GET',
  path: '/sandbox/settings',
  anonymous: null,
  handle: (site) => ok(site.settings()),
}

/** Changes those settings that are named. */
export const putSettings: Route = {
  method: 'PUT',
  path: '/sandbox/settings',
  anonymous: null,
  handle: (site, call) => {
    try {
      site.patch(checked(SettingsPatch, call.body))
    } catch (error) {
      if (error instanceof SandboxError) throw badRequest(error.message)
      throw error
    }
    return ok(site.settings())
  },
}

/** How webhooks have fared since the start. */
export const getDeliveries: Route = {
  method: 'GET',
  path: '/sandbox/deliveries',
  anonymous: null,
  handle: (site) => ok(site.deliveries.counts()),
}

export const getMood: Route = {
  method: 'GET',
  path: '/sandbox/mood',
  anonymous: null,
  handle: (site) => ok({ mood: site.mood() }),
}

const MoodBody = Type.Object({ mood: Type.String() }, { additionalProperties: false })

/** Puts the site into a state by its name: the settings of its start, and the faults of the mood. */
export const putMood: Route = {
  method: 'PUT',
  path: '/sandbox/mood',
  anonymous: null,
  handle: (site, call) => {
    const { mood } = checked(MoodBody, call.body)
    if (!isMoodName(mood)) throw badRequest(`There is no mood ${mood}. There are ${MOOD_NAMES.join(', ')}.`)
    site.setMood(mood)
    return ok({ mood })
  },
}
