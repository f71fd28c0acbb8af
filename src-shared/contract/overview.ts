import { Type, type Static } from 'typebox'
import { described, EpochMs, method, model, Nothing, Priority } from './schema.ts'
import { UsualVerdict } from './alerts/usual.ts'
import { CountsResult, SiteClock, SyncStatus } from './tickets.ts'

const { state, lastSuccessMs, nextMs, hooks } = SyncStatus.properties

export const Overview = model('Overview', 'How it is now: all that a screen which nobody touches shows.', {
  label: Type.String({ description: 'Which Jira is watched.' }),
  zone: Type.String({ description: 'IANA name of the zone in which times are shown.' }),
  watched: Type.Array(Priority, { description: 'The values that are watched, most urgent first.' }),
  clock: SiteClock,
  atMs: described('The machine’s time of this answer.', EpochMs),
  fetching: described(
    'How fresh the counts are. Times are the machine’s.',
    Type.Object({ state, lastSuccessMs, nextMs, hooks }),
  ),
  counts: described('The last 60 minutes, minute by minute; the last one is under way.', CountsResult),
  verdict: described('How the newest minutes compare with what is usual.', UsualVerdict),
  newest: Type.Array(Type.Object({ key: Type.String(), priorityId: Type.String(), createdMs: EpochMs }), {
    description: 'The five newest tickets, the newest first: without their titles.',
  }),
})
export type Overview = Static<typeof Overview>

export const overviewMethods = {
  'overview.get': method({
    scope: 'display',
    summary: 'How it is now',
    description:
      'The last 60 minutes by minute, how the newest of them compare with what is usual, the newest tickets by their keys, and how long ago they were fetched: what the window’s title, the tray and a screen on the wall show.',
    params: Nothing,
    result: Overview,
  }),
}
