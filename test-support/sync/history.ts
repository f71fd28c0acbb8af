import type { FaultRule } from '#jira-sandbox'
import fc from 'fast-check'
import type { TestSite } from './site.ts'
import type { TestSync } from './sync.ts'

/** Something that happens at a site, or to the sync that watches it. `nth` picks a ticket among those that there are. */
export type Happening =
  | { readonly kind: 'add'; readonly priorityId: string; readonly projectKey: string }
  | { readonly kind: 'prioritise'; readonly nth: number; readonly priorityId: string }
  | { readonly kind: 'rename' | 'remove'; readonly nth: number }
  | { readonly kind: 'move'; readonly nth: number; readonly projectKey: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'fetch' | 'census' }
  | { readonly kind: 'fault'; readonly fault: FaultRule['kind']; readonly after: number }

export const HISTORY_PROJECTS = ['TPM', 'OPS'].map((key) => ({ key, name: key }))

const MINUTE = 60_000

const priorityId = fc.constantFrom('1', '1', '2', '2', '3', '5')

const projectKey = fc.constantFrom('TPM', 'TPM', 'OPS')

const nth = fc.nat(1_000)

const faults: FaultRule['kind'][] = [
  'status-503',
  'reset-before',
  'reset-after',
  'truncated',
  'login-page',
  'logged-out',
  'no-account-header',
  'short-page',
  'empty-page',
  'repeated-page',
]

/** Fetches are as frequent as everything else together, as they are in life. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), priorityId, projectKey }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('prioritise' as const), nth, priorityId }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('rename' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), nth, projectKey }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(8 * MINUTE) }) },
  { weight: 14, arbitrary: fc.constant({ kind: 'fetch' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'census' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.constantFrom(...faults),
      after: fc.nat(2),
    }),
  },
)

export const history = fc.array(happening, { minLength: 20, maxLength: 100, size: 'max' })

/** Lets it happen. Fetches and censuses may fail; whatever else fails is an error of the test. */
export async function live(
  { sandbox, advance, sync }: Pick<TestSite & TestSync, 'sandbox' | 'advance' | 'sync'>,
  happenings: readonly Happening[],
): Promise<void> {
  let ids: readonly string[] = (await sandbox.truth()).map(({ id }) => id)
  const pick = (n: number): string | undefined => ids[n % Math.max(1, ids.length)]
  for (const event of happenings) {
    const id = 'nth' in event ? pick(event.nth) : undefined
    switch (event.kind) {
      case 'add': {
        const { id: added } = await sandbox.add(newTicket(event))
        ids = [...ids, added]
        break
      }
      case 'prioritise':
        if (id !== undefined) await sandbox.edit(id, { priority: { id: event.priorityId } })
        break
      case 'rename':
        if (id !== undefined) await sandbox.edit(id, { summary: `Renamed ${event.nth}` })
        break
      case 'remove':
        if (id !== undefined) await sandbox.remove(id)
        ids = ids.filter((other) => other !== id)
        break
      case 'move':
        if (id !== undefined) await moveThere(sandbox, id, event.projectKey)
        break
      case 'wait':
        advance(event.ms)
        break
      case 'fetch':
        await sync.now().catch(() => {})
        break
      case 'census':
        await sync.census().catch(() => {})
        break
      case 'fault':
        await sandbox.setFaults([
          { match: { path: '/search' }, kind: event.fault, times: 1, after: event.after },
        ])
    }
    advance(1)
  }
}

function newTicket({ priorityId: priority, projectKey: project }: Happening & { readonly kind: 'add' }) {
  return {
    project: { key: project },
    issuetype: { id: '10001' },
    summary: 'Somebody made this',
    priority: { id: priority },
  }
}

async function moveThere(sandbox: TestSite['sandbox'], id: string, project: string): Promise<void> {
  const { body } = await sandbox.request('GET', `/sandbox/issues?after=${Number(id) - 1}&limit=1`)
  const [issue] = (body as { issues: { id: string; projectKey: string }[] }).issues
  if (issue?.id === id && issue.projectKey !== project) await sandbox.move(id, project)
}

/** Nothing happens any more: the index comes to the end of its lag, and a fetch sees what there is. */
export async function comeToRest(
  { sandbox, advance, sync }: Pick<TestSite & TestSync, 'sandbox' | 'advance' | 'sync'>,
  longestLagMs = 15 * MINUTE,
): Promise<void> {
  await sandbox.setFaults([])
  advance(longestLagMs + MINUTE)
  await sync.now()
}

/** What vanished is found by two censuses, some time apart. */
export async function missTwice({
  advance,
  sync,
}: Pick<TestSite & TestSync, 'advance' | 'sync'>): Promise<void> {
  await sync.census()
  advance(6 * MINUTE)
  await sync.now()
  await sync.census()
}

/** So many happenings of these kinds, the same ones for the same seed. */
export function someHappenings(
  seed: number,
  kinds: readonly Happening['kind'][],
  count: number,
): readonly Happening[] {
  const histories = fc.sample(history, { seed, numRuns: count })
  const wanted = histories.flat().filter(({ kind }) => kinds.includes(kind))
  return wanted.slice(0, count)
}
