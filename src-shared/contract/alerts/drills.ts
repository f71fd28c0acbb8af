import { Type, type Static } from 'typebox'
import { RUN_ID, RunName } from '../runs/runs.ts'
import { choice, described, EpochMs, method, model, nullable, params } from '../schema.ts'

export const Drill = model('Drill', 'A run that rehearses an alarm, and how that went.', {
  runId: RunName,
  stormMs: described('When its storm begins, by the site’s clock.', EpochMs),
  dueMs: described('When its alarm has to have come.', EpochMs),
  rules: Type.Array(Type.String(), { description: 'The rules that were on when it began, by name.' }),
  state: choice(
    ['waiting', 'in-time', 'early', 'late', 'missed'],
    '`early`: a rule rang before the storm, for what came before it. `missed`: no alarm came.',
  ),
  alarm: nullable(
    Type.Object({ rule: described('By name.', Type.String()), startedMs: EpochMs }),
    'The first alarm, which decides.',
  ),
  afterMinutes: nullable(
    Type.Number(),
    'From the begin of the storm to the alarm, in minutes of the site; negative where it was earlier.',
  ),
})
export type Drill = Static<typeof Drill>

export const drillMethods = {
  'drills.get': method({
    scope: 'read',
    summary: 'How a drill went',
    description:
      'When the storm of a run that is a drill begins, when its alarm has to have come, and whether it did; null for a run that is none. It changes with the event `alerts.changed`, and when its time is over.',
    params: params({ runId: RunName }),
    result: nullable(Drill),
    example: { runId: RUN_ID },
  }),
}
