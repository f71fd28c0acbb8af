import { Command, Keyboard, Moon, Settings, Sun } from 'lucide-react'
import { IconButton } from '../controls/icon-button.tsx'
import { useIsDark } from '../settings/theme.ts'
import { HourPicker } from './hour-picker.tsx'
import { commandKey } from './platform.ts'
import { SiteBadge } from './site-badge.tsx'
import type { ViewState } from './view-state.ts'
import { useView, useWorkbench } from './workbench.ts'
import icon from './icon.svg'
import styles from './header.module.css'

/** Where and when: the product, the site, the hour, and the way to everything else. */
export function Header(): React.ReactNode {
  const { view } = useWorkbench()
  const isDark = useIsDark(useView((state) => state.theme))
  const put = (part: Partial<ViewState>): void => view.set((state) => ({ ...state, ...part }))
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
          onClick={() => put({ dialog: 'commands' })}
        />
        <IconButton icon={Keyboard} label="Keys" shortcut="?" onClick={() => put({ dialog: 'keys' })} />
        <IconButton
          icon={isDark ? Sun : Moon}
          label={isDark ? 'Use the light theme' : 'Use the dark theme'}
          shortcut="D"
          onClick={() => put({ theme: isDark ? 'light' : 'dark' })}
        />
        <IconButton icon={Settings} label="Settings" shortcut="," onClick={() => put({ page: 'settings' })} />
      </div>
    </header>
  )
}
