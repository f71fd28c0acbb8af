import { useEffect, useState } from 'react'
import type { Command } from '../app/commands.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useDashboard, useMay, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { Facts } from '../controls/data.tsx'
import { Segments } from '../controls/field.tsx'
import { ticketsText } from '../live/text.ts'
import { useStore } from '../state-store.ts'
import { ConnectionForm } from './jira/connection-form.tsx'
import { createJiraController } from './jira/jira-controller.ts'
import { ScreensSection } from './screens-section.tsx'
import styles from './settings-page.module.css'
import { createStoreController } from './store/store-controller.ts'
import { StoreForm } from './store/store-form.tsx'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

/** Which Jira is watched and what of it, where its tickets are kept, how the window looks, and what this program is. */
export function SettingsPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const mayChange = useMay('admin')
  useLeaveFields()
  return (
    <PageFrame name="settings" title="Settings" commands={commands}>
      <main className={styles['main']}>
        {mayChange ? (
          <Connections />
        ) : (
          <p className={styles['note']}>
            Which Jira is watched, and where tickets are kept, is set by those who may change settings.
          </p>
        )}
        <div className={styles['columns']}>
          <DisplaySection />
          <AboutSection />
          <TeamSection />
          {mayChange && <ScreensSection className={styles['section']} />}
        </div>
      </main>
    </PageFrame>
  )
}

function Connections(): React.ReactNode {
  const { transport, view } = useWorkbench()
  const [jira] = useState(() => createJiraController(transport.client))
  const [store] = useState(() => createStoreController(transport.client))
  const jiraState = useStore(jira.store, (state) => state)
  useEffect(() => jira.open(), [jira])
  useEffect(() => store.open(), [store])
  const close = (): void => view.put({ page: 'dashboard' })
  return (
    <>
      <ConnectionForm form={jira} state={jiraState} onClose={close} />
      <StoreForm form={store} secrets={jiraState.settings?.secrets} onClose={close} />
    </>
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

function AboutSection(): React.ReactNode {
  const { signOut } = useWorkbench().transport
  const session = useDashboard((state) => state.session)
  const stored = useDashboard((state) => state.sync?.storedTickets)
  return (
    <section className={styles['section']} aria-labelledby="settings-about">
      <h2 id="settings-about">About</h2>
      <Facts
        facts={[
          ['Version', session?.version ?? '–'],
          ['Store', session?.store.label ?? '–'],
          [
            'Data',
            stored === undefined ? '–' : `${ticketsText(stored)} of ${session?.site.label ?? 'this Jira'}`,
          ],
        ]}
      />
      {signOut !== null && <Button onClick={signOut}>Sign this browser out</Button>}
    </section>
  )
}

/** Where the window works, in the desktop program. */
function TeamSection(): React.ReactNode {
  const { view, transport } = useWorkbench()
  return (
    transport.servers !== null && (
      <section className={styles['section']} aria-labelledby="settings-team">
        <h2 id="settings-team">Team server</h2>
        <p className="quiet">
          This window can work on a server of your team instead of this computer, by its address and a
          one-time code.
        </p>
        <Button onClick={() => view.put({ page: 'servers' })}>Connect to a team server…</Button>
      </section>
    )
  )
}

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
          onChange={(chosen) => view.put({ theme: chosen })}
        />
      </div>
      {zone !== undefined && <p className="quiet">Times are shown in {zone}.</p>}
    </section>
  )
}
