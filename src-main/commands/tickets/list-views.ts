import type { SavedView } from '../../../src-shared/contract/views.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { intervalText } from '../../../src-shared/domain/interval.ts'
import { textTable } from '../../print/text-table.ts'
import type { CommandCall } from '../cli/define-command.ts'

/** The views that were saved in the dashboard, for all who share the store. */
export async function listViews(call: CommandCall<'store'>): Promise<void> {
  const { io, open, print } = call
  await open(call.config(), async ({ client }) => {
    const { views } = await client.call('views.list', {})
    const text = viewsText(views, io.stdoutIsTTY ? io.columns : null)
    print({ views: views.map(viewDocument) }, text)
  })
}

function viewDocument({ name, state, createdMs }: SavedView): unknown {
  return { name, created: isoInstant(createdMs), state }
}

function viewsText(views: readonly SavedView[], columns: number | null): string {
  if (views.length === 0) return 'No view is saved yet. Views, Save, in the dashboard saves what it shows.'
  const { lines } = textTable(
    views,
    [
      { title: 'view', of: ({ name }) => name },
      { title: 'from', of: ({ state }) => state['from'] ?? 'now-1h' },
      { title: 'to', of: ({ state }) => state['to'] ?? 'now' },
      { title: 'bars', of: ({ state }) => barsText(state['interval']) },
      { title: 'also', giveUp: 1, of: alsoText },
    ],
    columns,
  )
  return lines.join('\n')
}

function barsText(interval: string | undefined): string {
  return interval === undefined ? 'as it fits' : intervalText(Number(interval))
}

/** What else it holds. */
function alsoText({ state }: SavedView): string {
  const { from: _from, to: _to, interval: _interval, ...rest } = state
  return Object.entries(rest)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
}
