import { droppedFrom } from '../../src-shared/domain/dropped-from.ts'
import { Confirm } from '../controls/confirm.tsx'
import { StopRun } from '../runs/stop-run.tsx'
import { CommandList } from './command-list.tsx'
import type { Command } from './commands.ts'
import { KeysDialog } from './keys-dialog.tsx'
import { useDashboard, useView, useWorkbench } from './workbench.ts'

/** The dialog that is open, if any. */
export function Dialogs({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const dialog = useView((state) => state.dialog)
  const store = useDashboard((state) => state.storeStatus)
  const close = (): void => view.set((state) => ({ ...state, dialog: null }))
  if (dialog === 'keys') return <KeysDialog onClose={close} />
  if (dialog === 'commands') return <CommandList commands={commands} onClose={close} />
  if (dialog === 'stop-run') return <StopRun onClose={close} />
  if (dialog !== 'drop-tables') return null
  return (
    <Confirm
      title="Drop the tables?"
      action="Drop tables"
      keep="Keep them"
      onConfirm={orders.dropTables}
      onClose={close}
    >
      The fetched tickets and their counts are deleted {store ? droppedFrom(store) : 'from this computer'}.
      Runs stay, and so does everything in Jira: the next fetch brings its tickets back.
    </Confirm>
  )
}
