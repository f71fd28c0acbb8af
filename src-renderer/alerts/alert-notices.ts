import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import type { Client } from '../../src-shared/contract/client.ts'
import { soundIfChosen } from './alert-sound.ts'

/** What is seen and heard outside of the window; a test gives its own. */
interface Outside {
  readonly notify: (title: string, body: string, onClick: () => void) => void
  readonly sound: () => void
}

/** As many of the latest alerts are looked through for what began to ring, and remembered. */
const LATEST = 20

/**
 * Says outside of the window what began to ring, once for each alert, with the words that its message has, and sounds where that
 * is chosen. What rang before the window was opened is seen in it. It goes by the events themselves: what the window shows
 * changes with its frames, and a hidden one has none. Returns what ends it.
 */
export function followAlerts(
  client: Pick<Client, 'call' | 'on'>,
  show: (address: string) => void,
  { notify = notifyBySystem, sound = soundIfChosen }: Partial<Outside> = {},
): () => void {
  let known: readonly string[] | null = null

  const take = async (list: AlertList): Promise<void> => {
    const ringing = idsOf(list)
    const former = known
    known = [...(former ?? []).filter((id) => !ringing.includes(id)).slice(-LATEST), ...ringing]
    const fresh = former === null ? [] : ringing.filter((id) => !former.includes(id))
    if (fresh.length === 0) return
    sound()
    const { alerts } = await client.call('alerts.history', { limit: LATEST })
    for (const { id, transitions } of alerts) {
      const message = transitions.at(-1)?.message
      if (!fresh.includes(id) || message === undefined) continue
      notify(message.title, message.sentences.join(' '), () => show(message.address))
    }
  }
  // What cannot be read now is in the window all the same.
  const takeLater = (list: Promise<AlertList>): void => void list.then(take).catch(() => {})

  takeLater(client.call('alerts.list', {}))
  return client.on('alerts.changed', (list) => takeLater(Promise.resolve(list)))
}

function idsOf({ rules, rehearsals }: AlertList): string[] {
  const real = rules.flatMap(({ standing: { phase, alert } }) =>
    phase === 'alerting' && alert !== null ? [alert.id] : [],
  )
  return [...real, ...rehearsals.map(({ id }) => id)]
}

function notifyBySystem(title: string, body: string, onClick: () => void): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return
  const notification = new Notification(title, { body, tag: title })
  notification.addEventListener('click', () => {
    window.focus()
    onClick()
    notification.close()
  })
}
