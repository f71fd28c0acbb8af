import { parseProfile } from '../../src-shared/domain/run/profile.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MAX_SEED,
  MIN_MINUTES,
} from '../../src-shared/domain/run/run-bounds.ts'
import { defineCommand, flag, option } from './cli/define-command.ts'
import { decimalNumber, duration, oneOf, weightList, wholeNumber } from './cli/options.ts'

const MAX_COMPRESS = 3_600
const MAX_RUNS = 100
const DEFAULT_RUNS = 20

export const RUN_NOTES = [
  'Profiles: steady, even, ramp 1-5, spike 30m x5 10m (when, how high, how long), sine 3 (waves), or parts such as 30m@50,10m@200,20m@50: half an hour of 50 tickets an hour, ten minutes of 200, and so on; 10m@50-200 rises, and a last word even spaces evenly. Parts have a number of tickets and a length of their own, as a replayed file has; --count and --minutes scale them.',
]

/** What is asked of a run. `compress`: how fast it goes where nothing is said. */
export function runOptions(compress: number) {
  return {
    count: option(
      '<n>',
      `how many tickets (default: ${DEFAULT_COUNT}, or as many as the profile or the file has)`,
      wholeNumber({ min: 1, max: MAX_COUNT }),
    ),
    minutes: option(
      '<n>',
      `over how many minutes, as 60 or 0.5 (default: ${DEFAULT_MINUTES}, or as long as the profile or the file takes)`,
      decimalNumber({ min: MIN_MINUTES, max: MAX_MINUTES }),
    ),
    profile: option('<form>', 'how the tickets are spread, see below (default: steady)', profileForm),
    replay: option('<file>', 'the arrivals and priorities of the tickets in a CSV or JSON lines file'),
    seed: option(
      '<n>',
      'the same seed gives the same run (default: a random one, which is printed)',
      wholeNumber({ min: 0, max: MAX_SEED }),
    ),
    compress: option(
      '<n>',
      `how many times faster than the wall clock; sandbox only (default: ${compress})`,
      decimalNumber({ min: 1, max: MAX_COMPRESS }),
    ),
    weights: option(
      '<list>',
      'how often each priority comes, by name (default: Highest=1,High=2,Medium=4,Low=2,Lowest=1)',
      weightList('names and numbers', null, 'Write them as Highest=1,High=2,Medium=4.'),
    ),
    onlyWatched: flag('only priorities that are watched, so that the chart shows every ticket'),
    types: option(
      '<list>',
      "issue types by name, as Bug=3,Task (default: the project's usual one)",
      names('Bug=3,Task=1'),
    ),
    projects: option(
      '<list>',
      'several projects by key, as OPS=2,TPM (default: --project)',
      names('OPS=2,TPM=1'),
    ),
  }
}

/** What is wrong with a profile is reported before anything is opened. */
function profileForm(text: string): string {
  parseProfile(text)
  return text
}

/** `example` is what the hint shows. */
function names(example: string) {
  return weightList('names', 1, `Write them as ${example}: a number says how often one comes.`)
}

const missed = oneOf(['shift', 'catch-up', 'skip'], 'No ticket was made.')

export const CREATE_TICKETS = {
  ...runOptions(1),
  dryRun: flag('show the plan as if it began now; touch nothing'),
  png: option('<file>', "with --dry-run: write the plan's chart as a picture, too"),
  yes: flag('do not ask before tickets are created in a real Jira'),
  missed: option(
    '<what>',
    'tickets whose time passes while this machine sleeps: catch-up, skip or shift (see resume); asks on a terminal, else catch-up',
    missed,
  ),
}

/** A storm is seen as it comes: the sandbox is fetched each second. */
export const DRILL_COMPRESS = 60

export const DRILL = {
  ...runOptions(DRILL_COMPRESS),
  expectAlertWithin: option(
    '<t>',
    'how soon after the storm began an alarm has to come, by the site’s clock (default: 5m)',
    duration({ minMs: 60_000, maxMs: 86_400_000 }),
  ),
  yes: CREATE_TICKETS.yes,
  missed: CREATE_TICKETS.missed,
}

export const RESUME = {
  run: option('<id>', 'which run (default: the last)'),
  missed: option(
    '<what>',
    'tickets whose time has passed: catch-up (make them now), skip (leave them out) or shift (move all that are left); asks on a terminal, else catch-up',
    missed,
  ),
  unknown: option(
    '<what>',
    'tickets of which nobody knows whether they were made: look (ask Jira again), send (again) or drop',
    oneOf(['look', 'send', 'drop'], 'No ticket was made.'),
  ),
}

export const BRING_TO_REST = {
  run: option('<id>', 'which run (default: the one under way, else the last)'),
}

export const RUNS = {
  limit: option('<n>', 'at most so many', wholeNumber({ min: 1, max: MAX_RUNS }), DEFAULT_RUNS),
}

export const CLEAN_UP = {
  run: option('<id>', 'which run (default: the last one)'),
  dryRun: flag('show what would be deleted; delete nothing'),
  yes: flag('do not ask before tickets are deleted'),
}

export const RUN_COMMANDS = [
  defineCommand({
    name: 'create-tickets',
    group: 'Rehearse',
    summary: 'creates tickets in Jira as they arrive in a real hour',
    options: CREATE_TICKETS,
    notes: RUN_NOTES,
    needs: 'core',
    run: async () => (await import('./runs/create-tickets.ts')).createTickets,
    with: {
      dryRun: { needs: 'nothing', run: async () => (await import('./runs/create-tickets.ts')).planTickets },
    },
  }),
  defineCommand({
    name: 'drill',
    group: 'Rehearse',
    summary: 'rehearses an alarm: makes a storm of tickets and fails (5) where no rule rings in time',
    options: DRILL,
    notes: [
      'The storm is the profile’s spike, or its busiest part; a run that has neither is one from its start. Rules count the tickets of a drill, and what they send says REHEARSAL.',
      ...RUN_NOTES,
    ],
    needs: 'core',
    run: async () => (await import('./runs/drill.ts')).drill,
  }),
  defineCommand({
    name: 'resume',
    group: 'Rehearse',
    summary: 'goes on with a run that was paused or broke off, and follows it to its end',
    options: RESUME,
    needs: 'core',
    run: async () => (await import('./runs/resume-pause-stop.ts')).resume,
  }),
  defineCommand({
    name: 'pause',
    group: 'Rehearse',
    summary: 'pauses the run under way, whichever process works on it; what was sent gets its outcome first',
    options: BRING_TO_REST,
    needs: 'core',
    run: async () => (await import('./runs/resume-pause-stop.ts')).pause,
  }),
  defineCommand({
    name: 'stop',
    group: 'Rehearse',
    summary: 'stops the run for good, whichever process works on it; a paused or broken one, too',
    options: BRING_TO_REST,
    needs: 'core',
    run: async () => (await import('./runs/resume-pause-stop.ts')).stop,
  }),
  defineCommand({
    name: 'runs',
    group: 'Rehearse',
    summary: 'the runs in this Jira, the newest first: what was planned, what became of it',
    options: RUNS,
    needs: 'store',
    run: async () => (await import('./runs/run-document.ts')).listRuns,
  }),
  defineCommand({
    name: 'clean-up',
    group: 'Rehearse',
    summary: 'deletes from Jira what a run made, and nothing else; the run’s record stays',
    options: CLEAN_UP,
    needs: 'core',
    run: async () => (await import('./runs/clean-up.ts')).cleanUp,
  }),
]
