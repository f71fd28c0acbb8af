import { useEffect, useState } from 'react'
import type { Screen } from '../../src-shared/contract/screens.ts'
import { useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { TextField } from '../controls/field.tsx'
import { dayText } from '../live/text.ts'
import { useStore } from '../state-store.ts'
import { createScreensController } from './screens-controller.ts'
import styles from './screens-section.module.css'

/** The screens that show the TV view: where they hang, until when, and a link for another one. */
export function ScreensSection({ className }: { className: string | undefined }): React.ReactNode {
  const { client } = useWorkbench().transport
  const [controller] = useState(() => createScreensController(client))
  const { screens, link, failure } = useStore(controller.store, (state) => state)
  const [name, setName] = useState('')
  useEffect(() => controller.open(), [controller])
  return (
    <section className={className} aria-labelledby="settings-screens">
      <h2 id="settings-screens">Screens</h2>
      <p className="quiet">
        A screen on the wall shows the TV view by a link of its own, for 180 days: the numbers of now and the
        newest keys, nothing else. W shows it here.
      </p>
      <ScreenList screens={screens} onRevoke={(id) => void controller.revoke(id)} />
      {link !== null && (
        <div className={styles['link']}>
          <p>Open this on the screen. It is shown this once:</p>
          <code>{link}</code>
          <CopyButton text={link} label="Copy the link" />
        </div>
      )}
      <form
        className={styles['add']}
        onSubmit={(event) => {
          event.preventDefault()
          void controller.add(name)
          setName('')
        }}
      >
        <TextField
          label="Where it hangs"
          value={name}
          maxLength={64}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          Make a link
        </Button>
      </form>
      {failure !== null && (
        <p className="trouble" role="alert">
          {failure}
        </p>
      )}
    </section>
  )
}

interface ScreenListProps {
  readonly screens: readonly Screen[]
  readonly onRevoke: (id: string) => void
}

function ScreenList({ screens, onRevoke }: ScreenListProps): React.ReactNode {
  const zone = useZone()
  const nowMs = useSiteNow()
  return (
    <ul className={styles['screens']} aria-label="Screens">
      {screens.map(({ id, name, expiresMs, openedMs }) => (
        <li key={id}>
          <span className={styles['name']}>{name}</span>
          <span className="quiet">
            {openedMs === null ? 'not opened yet' : `opened ${dayText(openedMs, zone, nowMs)}`}, until{' '}
            {dayText(expiresMs, zone, nowMs)}
          </span>
          <Button kind="danger" aria-label={`Revoke ${name}`} onClick={() => onRevoke(id)}>
            Revoke
          </Button>
        </li>
      ))}
    </ul>
  )
}
