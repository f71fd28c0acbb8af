import { lazy, Suspense, useState } from 'react'
import { droppedFrom } from '../../src-shared/domain/text/sentences.ts'
import { Confirm, Modal } from '../controls/modal.tsx'
import { lazyPart } from '../controls/lazy-part.tsx'
import { SearchField } from '../palette/search-field.tsx'
import styles from './dialogs.module.css'
import type { Command } from './commands.ts'
import { KEY_HELP } from './keys.ts'
import { useDashboard, useView, useWorkbench } from './workbench.ts'

const StopRun = lazyPart(async () => (await import('../runs/run-controls.tsx')).StopRun)

/** The dialog that is open, if any. */
export function Dialogs({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const dialog = useView((state) => state.dialog)
  const store = useDashboard((state) => state.storeStatus)
  const close = (): void => view.put({ dialog: null })
  if (dialog === 'keys') return <KeysDialog onClose={close} />
  if (dialog === 'commands') return <PaletteDialog commands={commands} onClose={close} />
  if (dialog === 'stop-run') {
    return (
      <Suspense>
        <StopRun onClose={close} />
      </Suspense>
    )
  }
  if (dialog !== 'drop-tables') return null
  return (
    <Confirm
      title="Drop the tables?"
      action="Drop tables"
      keep="Keep them"
      final
      onConfirm={orders.dropTables}
      onClose={close}
    >
      The fetched tickets and their counts are deleted {store ? droppedFrom(store) : 'from this computer'}.
      Runs stay, and so does everything in Jira: the next fetch brings its tickets back.
    </Confirm>
  )
}

/** A file of its own, fetched when it is opened first. */
const Palette = lazy(() =>
  import('../palette/palette.tsx').then(
    ({ Palette: loaded }) => ({ default: loaded }),
    () => ({ default: NotLoaded }),
  ),
)

/** What is typed before it is loaded is not lost. */
function PaletteDialog(props: { commands: readonly Command[]; onClose: () => void }): React.ReactNode {
  const { view } = useWorkbench()
  const [text, setText] = useState(() => view.get().typedAhead)
  const [isChosen, setChosen] = useState(false)
  return (
    <Modal title="Find" heading="unseen" onClose={props.onClose}>
      <Suspense
        fallback={
          <SearchField
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={({ key }) => key === 'Enter' && setChosen(true)}
          />
        }
      >
        <Palette {...props} text={text} isChosen={isChosen} onText={setText} />
      </Suspense>
    </Modal>
  )
}

function NotLoaded(): React.ReactNode {
  return (
    <p className={styles['not-loaded']} role="alert">
      It could not be loaded. Nothing was changed: load the window anew.
    </p>
  )
}

function KeysDialog({ onClose }: { onClose: () => void }): React.ReactNode {
  return (
    <Modal title="Keys" heading="closable" onClose={onClose}>
      <dl className={styles['keys']}>
        {KEY_HELP.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
