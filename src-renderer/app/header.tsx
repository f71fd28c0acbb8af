import { Command, Keyboard, Moon, Settings, Sun } from 'lucide-react'
import { IconButton } from '../controls/button.tsx'
import { useIsDark } from '../settings/preferences.ts'
import styles from './header.module.css'
import { HourPicker } from './hour-picker.tsx'
import icon from './icon.svg'
import { commandKey } from './keys.ts'
import { useConnection, useDashboard, useView, useWorkbench } from './workbench.ts'

/** Where and when: the product, the site, the hour, and the way to everything else. */
export function Header(): React.ReactNode {
  const { view } = useWorkbench()
  const isDark = useIsDark(useView((state) => state.theme))
  return (
    <header className={styles['header']}>
      <div className={styles['where']}>
        <img src={icon} width={22} height={22} alt="" />
        <h1>Jira TPM</h1>
        <SiteBadge />
      </div>
      <HourPicker />
      <div className={styles['tools']}>
        <IconButton
          icon={Command}
          label="All commands"
          shortcut={`${commandKey} K`}
          onClick={() => view.put({ dialog: 'commands' })}
        />
        <IconButton icon={Keyboard} label="Keys" shortcut="?" onClick={() => view.put({ dialog: 'keys' })} />
        <IconButton
          icon={isDark ? Sun : Moon}
          label={isDark ? 'Use the light theme' : 'Use the dark theme'}
          shortcut="D"
          onClick={() => view.put({ theme: isDark ? 'light' : 'dark' })}
        />
        <IconButton
          icon={Settings}
          label="Settings"
          shortcut=","
          onClick={() => view.put({ page: 'settings' })}
        />
      </div>
    </header>
  )
}

function SiteBadge(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const syncState = useDashboard((state) => state.sync?.state)
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const connection = useConnection()
  if (session === null) return <p className={styles['badge']} />
  const state = connection !== 'connected' ? 'stopped' : storeFails ? 'failing' : syncState
  return (
    <p className={styles['badge']} title={session.site.label}>
      <span className={styles['dot']} data-state={state} />
      <span className={styles['label']}>
        {session.site.label}
        {session.projectKey !== null && ` · ${session.projectKey}`}
      </span>
    </p>
  )
}
