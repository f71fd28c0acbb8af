import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Command } from '../app/commands.ts'
import { useKeys } from '../app/keys.ts'
import { useMay, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { AboutSection } from './about-section.tsx'
import { DisplaySection } from './display-section.tsx'
import { ConnectionForm } from './jira/connection-form.tsx'
import { JiraDeskContext } from './jira/jira-desk-context.ts'
import { createJiraDesk } from './jira/jira-desk.ts'
import { StoreDeskContext } from './store/store-desk-context.ts'
import { createStoreDesk } from './store/store-desk.ts'
import { StoreForm } from './store/store-form.tsx'
import styles from './settings-page.module.css'

/** Which Jira is watched and what of it, where its tickets are kept, how the window looks, and what this program is. */
export function SettingsPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const { view } = useWorkbench()
  const mayChange = useMay('admin')
  const close = (): void => view.set((state) => ({ ...state, page: 'dashboard' }))
  useKeys(commands, (move) => {
    if (move === 'back') close()
  })
  useLeaveFields()
  return (
    <div className={styles['page']}>
      <header className={styles['header']}>
        <Button kind="quiet" onClick={close}>
          <ArrowLeft size={15} aria-hidden="true" />
          Back
        </Button>
        <Title />
      </header>
      <main className={styles['main']}>
        {mayChange ? (
          <Connections onClose={close} />
        ) : (
          <p className={styles['note']}>
            Which Jira is watched, and where tickets are kept, is set by those who may change settings.
          </p>
        )}
        <div className={styles['columns']}>
          <DisplaySection />
          <AboutSection />
        </div>
      </main>
    </div>
  )
}

/** What only those see who may change it. */
function Connections({ onClose }: { onClose: () => void }): React.ReactNode {
  const { door } = useWorkbench()
  const [jira] = useState(() => createJiraDesk(door.client))
  const [store] = useState(() => createStoreDesk(door.client))
  useEffect(() => jira.open(), [jira])
  useEffect(() => store.open(), [store])
  return (
    <JiraDeskContext value={jira}>
      <ConnectionForm onClose={onClose} />
      <StoreDeskContext value={store}>
        <StoreForm onClose={onClose} />
      </StoreDeskContext>
    </JiraDeskContext>
  )
}

/** Has the focus first, so that reading begins here. */
function Title(): React.ReactNode {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  return (
    <h1 ref={title} tabIndex={-1}>
      Settings
    </h1>
  )
}

/** Escape leaves a field first, so that nobody leaves the page in the middle of typing. */
function useLeaveFields(): void {
  useEffect(() => {
    function onKeyDown({ key, target }: KeyboardEvent): void {
      if (key === 'Escape' && target instanceof HTMLElement && target.matches('input, select')) target.blur()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}
