import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { auditRun } from './audit-item.ts'
import { createItem } from './create-item.ts'
import { fetchItem } from './fetch-item.ts'
import { plotItem } from './plot-item.ts'
import type { Choice } from './question.ts'
import { runsItem } from './runs-item.ts'
import { goOnWith, lookAtRun } from './see-run.ts'
import { createTableItem, dropTableItem } from './table-items.ts'
import { tell } from './tell.ts'
import type { MenuWorld } from './world.ts'

export type ItemName =
  | 'run'
  | 'create'
  | 'fetch'
  | 'plot'
  | 'dashboard'
  | 'audit'
  | 'runs'
  | 'create-table'
  | 'drop-table'
  | 'quit'

export interface Item extends Choice<ItemName> {
  readonly work: (world: MenuWorld) => Promise<void>
}

const ITEMS: readonly Item[] = [
  { value: 'create', label: 'Create tickets', hint: 'as they arrive in a real hour', work: createItem },
  { value: 'fetch', label: 'Fetch tickets', hint: 'what is new in Jira, now', work: fetchItem },
  { value: 'plot', label: 'Plot', hint: 'tickets a minute, here in the terminal', work: plotItem },
  { value: 'dashboard', label: 'Dashboard', hint: 'in the browser', work: dashboardItem },
  {
    value: 'audit',
    label: 'Audit the last run',
    hint: 'was anything lost?',
    work: (world) => auditRun(world),
  },
  { value: 'runs', label: 'Runs', hint: 'list, resume, pause, stop, clean up', work: runsItem },
  { value: 'create-table', label: 'Create table', hint: 'after it was dropped', work: createTableItem },
  { value: 'drop-table', label: 'Drop table', hint: 'the fetched tickets; asks first', work: dropTableItem },
  { value: 'quit', label: 'Quit', work: async () => {} },
]

/** What there is to do now: a run that is under way, or can go on, comes first. */
export async function menuItems({ client }: MenuWorld): Promise<readonly Item[]> {
  // Where nothing is open, whatever is chosen says why.
  const run = await client.call('runs.current', {}).catch(() => null)
  const first = run === null ? null : runItem(run)
  return first === null ? ITEMS : [first, ...ITEMS]
}

function runItem(run: RunProgress): Item | null {
  const { runId, state, created, planned } = run
  const hint = `${created} of ${planned}, ${state}`
  if (state === 'running') {
    return { value: 'run', label: `Look at run ${runId}`, hint, work: (world) => lookAtRun(world, run) }
  }
  if (state !== 'paused' && state !== 'broken') return null
  return { value: 'run', label: `Resume run ${runId}`, hint, work: (world) => goOnWith(world, run) }
}

async function dashboardItem({ io, dashboard }: MenuWorld): Promise<void> {
  const link = await dashboard.link()
  tell(
    io,
    `The dashboard: ${link}\nThe link works once, within 15 minutes; after that there is another one here. It is served until you quit.`,
  )
}
