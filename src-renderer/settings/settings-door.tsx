import { Activity, lazy, Suspense, useState } from 'react'
import type { Command } from '../app/commands.ts'
import { FullPage } from '../app/full-page.tsx'
import { useReturningFocus } from '../app/focus.ts'
import { useView } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'

/** The page is a file of its own: most starts of the window go by without it. */
const SettingsPage = lazy(() =>
  import('./settings-page.tsx').then(
    ({ SettingsPage: default_ }) => ({ default: default_ }),
    () => ({ default: NotLoaded }),
  ),
)

/** The settings, from the first time that they are opened. What was filled in stays while the dashboard is shown. */
export function SettingsDoor({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const open = useView((state) => state.page === 'settings')
  const [wasOpen, setWasOpen] = useState(open)
  useReturningFocus(open)
  if (open && !wasOpen) setWasOpen(true)
  if (!wasOpen) return null
  return (
    <Activity mode={open ? 'visible' : 'hidden'}>
      <Suspense>
        <SettingsPage commands={commands} />
      </Suspense>
    </Activity>
  )
}

function NotLoaded(): React.ReactNode {
  return (
    <FullPage title="The settings could not be loaded. Nothing was changed.">
      <Button kind="primary" onClick={() => location.reload()}>
        Load the window anew
      </Button>
    </FullPage>
  )
}
