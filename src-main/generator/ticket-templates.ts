import { DATA_FLOWS } from './topics/data-flows.ts'
import { INCIDENTS } from './topics/incidents.ts'
import { LOGIN } from './topics/login.ts'
import { MONEY } from './topics/money.ts'
import { PAGE_FAULTS } from './topics/page-faults.ts'
import { REQUESTS } from './topics/requests.ts'
import { SLOWNESS } from './topics/slowness.ts'
import type { Topic } from './topics/topic.ts'

export const TOPICS: readonly Topic[] = [INCIDENTS, SLOWNESS, LOGIN, MONEY, PAGE_FAULTS, DATA_FLOWS, REQUESTS]

/** What may stand before any title. */
export const PREFIXES: readonly string[] = ['[{region}] ', 'Urgent: ', 'Again: ', '[{environment}] ', 'Fwd: ']

/** What it means for people: may close any text. */
export const IMPACTS: readonly string[] = [
  'About {some} people cannot work until this is solved.',
  'Nobody is blocked, there is a way round it, but people ask.',
  '{company} has a demonstration on {weekday} and needs it before.',
  '“{quote}”, writes {person} of {company}.',
  'We have told {company} that we look into it and that they hear from us by {clock}.',
]
