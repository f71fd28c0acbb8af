import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { CheckField } from '../controls/field.tsx'
import { isSoundOn, keepSound, soundIfChosen } from './alert-sound.ts'
import styles from './alerts-panel.module.css'

/** Not every browser has them, and on a page of plain HTTP none has. */
function permissionNow(): NotificationPermission | 'unsupported' {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported'
}

/** Whether this window may say it outside of itself. Each window asks for itself, once; nothing is `offered` where it was answered before. */
export function NotifyChoice({ offered = false }: { offered?: boolean }): React.ReactNode {
  const [permission, setPermission] = useState(permissionNow)
  const [atFirst] = useState(permission)
  if (offered && atFirst !== 'default') return null
  if (permission === 'granted')
    return <p className={styles['text']}>This window notifies you when a rule rings.</p>
  if (permission === 'unsupported') return null
  if (permission === 'denied')
    return (
      <p className={styles['text']}>
        Notifications are blocked for this page. Allow them in the browser’s settings for it, then load it
        anew.
      </p>
    )
  return (
    <Button
      kind="quiet"
      onClick={() => void Notification.requestPermission().then((answer) => setPermission(answer))}
    >
      Notify me on this computer
    </Button>
  )
}

/** Whether this window sounds when a rule rings. Chosen, it is heard at once: how it sounds, and that it can be heard. */
export function SoundChoice(): React.ReactNode {
  const [isOn, setIsOn] = useState(isSoundOn)
  return (
    <div>
      <CheckField
        label="Sound an alarm in this window"
        checked={isOn}
        onChange={(checked) => {
          keepSound(checked)
          setIsOn(checked)
          soundIfChosen()
        }}
      />
      {isOn && <p className={styles['text']}>A browser lets it sound after the first click in the page.</p>}
    </div>
  )
}
