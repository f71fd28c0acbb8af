import { app, Menu, nativeImage, shell, Tray } from 'electron'
import type { AlertList } from '../../../src-shared/contract/alerts/alerts.ts'
import type { Client } from '../../../src-shared/contract/client.ts'
import { presentOf } from '../../../src-shared/domain/now.ts'
import { paced } from '../../runtime/async.ts'
import type { Log } from '../../runtime/log.ts'
import { inform, showFailure } from '../message-boxes.ts'
import { showWindow } from '../own-workspace.ts'
import { ownAppImage } from '../updates/update-kind.ts'
import { mayOpenOutside } from '../window/addresses.ts'
import { autostartFile, hasAutostart, setAutostart } from './log-in-start.ts'
import {
  trayBitmap,
  trayTemplate,
  trayText,
  trayTone,
  type TrayActions,
  type TrayShown,
  type TrayTone,
} from './tray-template.ts'
import { readTrayChoice, saveTrayChoice, type TrayChoice } from './tray-choice.ts'

/** Readings in quick succession are one. */
const PACE = { burst: 1, everyMs: 2_000 }
/** How often it is looked whether what is shown has become old. */
const LOOK_MS = 10_000
const NEWEST = 5

interface TrayParts {
  readonly client: Client
  /** Where it is kept what a person chose. */
  readonly choiceFile: string
  readonly log: Log
}

/**
 * Puts the last five minutes into the system's tray, until the program quits, and keeps the windows that are opened from now on
 * there when they are closed, where a person chose that. A Linux desktop without a tray shows nothing of it.
 */
export function setUpTray({ client, choiceFile, log }: TrayParts): void {
  const stopping = new AbortController()
  const choice = createChoice(choiceFile, log)
  let browseUrl: string | null = null
  const icon = createIcon(
    { staysInTray: choice.get().stays, startsAtLogIn: startsAtLogIn() },
    trayActions({ client, choice, browseUrl: () => browseUrl, show: (part) => icon.show(part), log }),
  )
  const read = paced(
    async () => {
      try {
        const overview = await client.call('overview.get', {})
        const { tickets } = await client.call('tickets.list', { from: '-7d', limit: NEWEST })
        ;({ browseUrl } = (await client.call('session.get', {})).site)
        const isSilent = isAllSilenced(await client.call('alerts.list', {}))
        icon.show({ overview, tickets, hasPages: browseUrl !== null, isSilent })
      } catch (error) {
        log.debug({ err: error }, 'the tray was not read') // it is old after a while, and says so
      }
    },
    PACE,
    stopping.signal,
  )
  const timer = setInterval(() => icon.show(), LOOK_MS)
  const leave = [
    ...(['counts.changed', 'sync.changed', 'usual.changed', 'alerts.changed'] as const).map((event) =>
      client.on(event, read),
    ),
    client.on('servers.changed', ({ state }) => {
      if (state === 'connected') read()
    }),
    client.on('session.changed', () => {
      icon.show({ overview: null, tickets: [] })
      read()
    }),
  ]
  icon.show()
  read()
  keepWindows(choice)
  app.once('before-quit', () => {
    stopping.abort()
    clearInterval(timer)
    for (const end of leave) end()
    icon.destroy()
  })
}

/** What a person chose, kept in a file. */
function createChoice(file: string, log: Log) {
  let choice = readTrayChoice(file, log)
  return {
    get: () => choice,
    put(part: Partial<TrayChoice>): void {
      choice = { ...choice, ...part }
      saveTrayChoice(file, choice, log)
    },
  }
}

type Choice = ReturnType<typeof createChoice>

/** Null where no rule is on. */
function isAllSilenced({ rules }: AlertList): boolean | null {
  const on = rules.filter((rule) => rule.on)
  return on.length === 0 ? null : on.every(({ standing }) => standing.silence !== null)
}

interface ActionParts {
  readonly client: Client
  readonly choice: Choice
  readonly browseUrl: () => string | null
  readonly show: (part: Partial<TrayShown>) => void
  readonly log: Log
}

function trayActions({ client, choice, browseUrl, show, log }: ActionParts): TrayActions {
  return {
    openWindow: showWindow,
    openTicket(key) {
      const jira = browseUrl()
      const url = `${jira}/browse/${encodeURIComponent(key)}`
      if (jira === null || !mayOpenOutside(url, new URL(jira).origin)) return
      shell
        .openExternal(url)
        .catch((error: unknown) => log.error({ err: error }, 'no browser took the ticket'))
    },
    silence(isSilent) {
      show({ isSilent })
      client
        .call('alerts.silence', { silence: isSilent ? { minutes: 60 } : null })
        .catch((error: unknown) => {
          show({ isSilent: !isSilent })
          void showFailure(error)
        })
    },
    stayInTray(stays) {
      choice.put({ stays })
      show({ staysInTray: stays })
    },
    startAtLogIn(starts) {
      // A menu marks what is chosen by itself; where that failed it is drawn anew.
      show({ startsAtLogIn: starts })
      try {
        setLogInStart(starts)
      } catch (error) {
        void showFailure(error)
      }
      show({ startsAtLogIn: startsAtLogIn() })
    },
  }
}

/** The icon with its menu: set anew where that says something else. */
function createIcon(first: Pick<TrayShown, 'staysInTray' | 'startsAtLogIn'>, actions: TrayActions) {
  const tray = new Tray(iconOf('old'))
  let shown: TrayShown = {
    overview: null,
    present: null,
    tickets: [],
    hasPages: false,
    isSilent: null,
    ...first,
  }
  let drawn = ''
  // Elsewhere a click opens the menu.
  if (process.platform === 'win32') tray.on('click', actions.openWindow)
  return {
    show(part: Partial<TrayShown> = {}): void {
      if (tray.isDestroyed()) return
      const next = { ...shown, ...part }
      shown = { ...next, present: next.overview && presentOf(next.overview, Date.now()) }
      const [tone, template] = [trayTone(shown.present), trayTemplate(shown, actions)]
      const text = JSON.stringify([tone, template])
      if (text === drawn) return
      drawn = text
      tray.setImage(iconOf(tone))
      tray.setToolTip(trayText(shown))
      tray.setContextMenu(Menu.buildFromTemplate(template))
      app.setBadgeCount(shown.present?.tickets ?? 0)
    },
    destroy: () => tray.destroy(),
  }
}

/** Hides windows that a person closes, where that was chosen, until the program quits; the first time it is explained. */
function keepWindows(choice: Choice): void {
  let isQuitting = false
  app.on('before-quit', () => (isQuitting = true))
  app.on('browser-window-created', (_event, window) => {
    window.on('close', (event) => {
      const { stays, explained } = choice.get()
      if (isQuitting || !stays) return
      event.preventDefault()
      window.hide()
      if (explained) return
      choice.put({ explained: true })
      void inform(
        'Jira TPM goes on in the tray.',
        'It still fetches. Its menu there opens the window and quits; where your desktop has no tray, start Jira TPM again to open the window.',
      )
    })
  })
}

function iconOf(tone: TrayTone): Electron.NativeImage {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of [1, 2]) {
    const size = 16 * scaleFactor
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer: trayBitmap(tone, scaleFactor) })
  }
  return image
}

/** Null where this is no installed program. */
function startsAtLogIn(): boolean | null {
  if (!app.isPackaged) return null
  return process.platform === 'linux'
    ? hasAutostart(autostartFile(process.env))
    : app.getLoginItemSettings().openAtLogin
}

function setLogInStart(starts: boolean): void {
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: starts })
  setAutostart(autostartFile(process.env), ownAppImage(process) ?? process.execPath, starts)
}
