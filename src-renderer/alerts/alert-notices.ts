import type { AlertList } from '../../src-shared/contract/alerts.ts'
import type { Client } from '../../src-shared/contract/client.ts'

/** Shows it outside of the window; a test gives its own. */
type Notify = (title: string, body: string, onClick: () => void) => void

/**
 * Says outside of the window what began to ring since the list before, once for each alert, with the words that its message
 * has. What rang before the window was opened is seen in it. Returns what ends it.
 */
export function followAlerts(
  client: Pick<Client, 'call' | 'on'>,
  show: (address: string) => void,
  notify: Notify = notifyBySystem,
): () => void {
  const take = createAlertNotices(client, show, notify)
  // What cannot be read now is in the window all the same.
  const taken = (list: Promise<AlertList>): void => void list.then(take).catch(() => {})
  taken(client.call('alerts.list', {}))
  return client.on('alerts.changed', (list) => taken(Promise.resolve(list)))
}

/** Takes each list of the alerts, the first to begin with. */
function createAlertNotices(client: Pick<Client, 'call'>, show: (address: string) => void, notify: Notify) {
  let known: ReadonlySet<string> | null = null
  return async ({ rules }: AlertList): Promise<void> => {
    const running = rules
      .filter(({ standing }) => standing.phase === 'alerting')
      .flatMap(({ standing }) => (standing.alert === null ? [] : [standing.alert.id]))
    const former = known
    known = new Set([...(former ?? []), ...running])
    if (former === null) return
    const fresh = running.filter((id) => !former.has(id))
    if (fresh.length === 0) return
    const { alerts } = await client.call('alerts.history', { limit: 20 })
    for (const { id, transitions } of alerts) {
      const message = transitions.at(-1)?.message
      if (!fresh.includes(id) || message === undefined) continue
      notify(message.title, message.sentences.join(' '), () => show(message.address))
    }
  }
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
