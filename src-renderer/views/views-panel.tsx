import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Session } from '../../src-shared/contract/tickets.ts'
import type { SavedView } from '../../src-shared/contract/views.ts'
import { useDashboard, useMay, useSiteNow, useWorkbench } from '../app/workbench.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { RemovalQuestion } from '../controls/removal-question.tsx'
import { usePerform, type Perform } from '../controls/use-perform.ts'
import { changedText, openView, viewKey, viewState, viewText } from './saved-view.ts'
import styles from './views-panel.module.css'

/** The views that people saved, and a way to save what is shown. */
export function ViewsPanel(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const views = useDashboard((state) => state.savedViews)
  const may = useMay('run')
  const [perform, failure] = usePerform()
  if (session === null || views === null) {
    return <p className={styles['note']}>The saved views are shown as soon as the store can be read.</p>
  }

  return (
    <div className={styles['views']}>
      {views.length === 0 && (
        <p className={styles['note']}>
          No view is saved yet. A view is what you see, under a name: its span, bars and filters. Everybody
          who shares this store has it.
        </p>
      )}
      {views.length > 0 && (
        <ul className={styles['list']} aria-label="Saved views">
          {views.map((view, at) => (
            <ViewRow key={view.name} view={view} at={at} session={session} perform={perform} />
          ))}
        </ul>
      )}
      {may && <SaveForm views={views} session={session} perform={perform} />}
      <p className={styles['failure']} role="alert">
        {failure}
      </p>
    </div>
  )
}

interface RowProps {
  readonly view: SavedView
  readonly at: number
  readonly session: Session
  readonly perform: Perform
}

function ViewRow({ view, at, session, perform }: RowProps): React.ReactNode {
  const { transport, view: shown } = useWorkbench()
  const [asking, setAsking] = useState(false)
  const may = useMay('run')
  const clock = { nowMs: useSiteNow(), zone: session.zone }
  const { name, revision: seen } = view
  const changed = changedText(view, session)
  const { keys } = viewKey(at)
  if (asking) {
    return (
      <li className={styles['row']}>
        <RemovalQuestion
          action="Delete"
          onKeep={() => setAsking(false)}
          onRemove={() => {
            setAsking(false)
            void perform(() => transport.client.call('views.delete', { name, seen }))
          }}
        >
          Delete “{name}” for everybody who shares this store?
        </RemovalQuestion>
      </li>
    )
  }
  return (
    <li className={styles['row']}>
      <button
        type="button"
        className={styles['open']}
        onClick={() => {
          shown.put({ tool: null, page: 'dashboard' })
          openView(view)
        }}
      >
        <span className={styles['name']}>{name}</span>
        <span className={styles['text']}>{viewText(view, clock)}</span>
        {changed !== '' && <span className={styles['changed']}>{changed}</span>}
      </button>
      {keys !== undefined && <kbd>{keys}</kbd>}
      {may && <IconButton icon={Trash2} label={`Delete ${name}…`} onClick={() => setAsking(true)} />}
    </li>
  )
}

interface FormProps extends Pick<RowProps, 'session' | 'perform'> {
  readonly views: readonly SavedView[]
}

/** Saves what is shown; under a name that is there, in the place of that view. */
function SaveForm({ views, session, perform }: FormProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [name, setName] = useState('')
  const there = views.find((view) => view.name === name.trim().normalize())

  async function save(): Promise<void> {
    const state = viewState(location.hash, session)
    const seen = there === undefined ? {} : { seen: there.revision }
    if (await perform(() => client.call('views.save', { name, state, ...seen }))) setName('')
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <input
        className={styles['input']}
        aria-label="Name of the view"
        placeholder="Name for what you see now"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" kind={there === undefined ? 'primary' : 'danger'} disabled={name.trim() === ''}>
        {there === undefined ? 'Save' : 'Replace'}
      </Button>
    </form>
  )
}
