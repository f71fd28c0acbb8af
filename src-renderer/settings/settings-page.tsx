import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Command } from '../app/commands.ts'
import { useKeys } from '../app/keys.ts'
import { useDashboard, useMay, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { Segments } from '../controls/segments.tsx'
import { ticketsText } from '../live/number-text.ts'
import { ConnectionForm } from './jira/connection-form.tsx'
import { createJiraController, JiraControllerContext } from './jira/jira-controller.ts'
import styles from './settings-page.module.css'
import { createStoreController, StoreControllerContext } from './store/store-controller.ts'
import { StoreForm } from './store/store-form.tsx'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

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
  const { transport } = useWorkbench()
  const [jira] = useState(() => createJiraController(transport.client))
  const [store] = useState(() => createStoreController(transport.client))
  useEffect(() => jira.open(), [jira])
  useEffect(() => store.open(), [store])
  return (
    <JiraControllerContext value={jira}>
      <ConnectionForm onClose={onClose} />
      <StoreControllerContext value={store}>
        <StoreForm onClose={onClose} />
      </StoreControllerContext>
    </JiraControllerContext>
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

/** What this program is, and where it keeps what it fetched. */
function AboutSection(): React.ReactNode {
  const { signOut } = useWorkbench().transport
  const session = useDashboard((state) => state.session)
  const stored = useDashboard((state) => state.sync?.storedTickets)
  return (
    <section className={styles['section']} aria-labelledby="settings-about">
      <h2 id="settings-about">About</h2>
      <dl className={styles['facts']}>
        <dt>Version</dt>
        <dd>{session?.version ?? '–'}</dd>
        <dt>Store</dt>
        <dd>{session?.store.label ?? '–'}</dd>
        <dt>Data</dt>
        <dd>
          {stored === undefined ? '–' : `${ticketsText(stored)} of ${session?.site.label ?? 'this Jira'}`}
        </dd>
      </dl>
      {signOut !== null && <Button onClick={signOut}>Sign this browser out</Button>}
    </section>
  )
}

/** How the window looks, and in which zone it tells times. */
function DisplaySection(): React.ReactNode {
  const { view } = useWorkbench()
  const theme = useView((state) => state.theme)
  const zone = useDashboard((state) => state.session?.zone)
  return (
    <section className={styles['section']} aria-labelledby="settings-display">
      <h2 id="settings-display">Display</h2>
      <div>
        <Segments
          label="Theme"
          value={theme}
          options={themes}
          onChange={(chosen) => view.set((state) => ({ ...state, theme: chosen }))}
        />
      </div>
      {zone !== undefined && <p className={styles['quiet']}>Times are shown in {zone}.</p>}
    </section>
  )
}
