import type { MenuItemConstructorOptions } from 'electron'
import type { Overview } from '../../../src-shared/contract/overview.ts'
import type { TicketView } from '../../../src-shared/contract/tickets.ts'
import type { Static } from 'typebox'
import { isUnusual, NOW_MINUTES, usualText, type Present } from '../../../src-shared/domain/now.ts'

/** What the tray shows. Null until it was read. */
export interface TrayShown {
  readonly overview: Overview | null
  readonly present: Present | null
  readonly tickets: readonly Pick<Static<typeof TicketView>, 'key' | 'title' | 'createdMs'>[]
  /** Whether tickets have pages that can be opened. */
  readonly hasPages: boolean
  /** Whether all alert rules are silenced; null where none is on. */
  readonly isSilent: boolean | null
  readonly staysInTray: boolean
  /** Null where this program cannot be started by itself. */
  readonly startsAtLogIn: boolean | null
}

export interface TrayActions {
  readonly openWindow: () => void
  readonly openTicket: (key: string) => void
  readonly silence: (silent: boolean) => void
  readonly stayInTray: (stays: boolean) => void
  readonly startAtLogIn: (starts: boolean) => void
}

/** A menu shows no more of a title. */
const MAX_TITLE = 60

/** How it is now, in a line: `▲ 13 in 5 min, usual 0–4`. Of what is not live no number is said. */
export function trayText({ overview, present }: Pick<TrayShown, 'overview' | 'present'>): string {
  if (overview === null || present === null) return 'Jira TPM'
  const { tickets, isLeast, verdict } = present
  if (tickets === null) return `${overview.label}: not live`
  const count = `${isUnusual(present) ? '▲ ' : ''}${isLeast ? '≥ ' : ''}${tickets} in ${NOW_MINUTES} min`
  return [count, verdict === null ? '' : usualText(verdict)].filter((part) => part !== '').join(', ')
}

/** The tray's menu: the last five minutes, the newest tickets, and the way to the window and out. */
export function trayTemplate(shown: TrayShown, actions: TrayActions): MenuItemConstructorOptions[] {
  const { overview, tickets, hasPages, isSilent, staysInTray, startsAtLogIn } = shown
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: overview?.zone ?? 'UTC',
  })
  return [
    { id: 'now', label: trayText(shown), enabled: false },
    { type: 'separator' },
    ...tickets.map(({ key, title, createdMs }) => ({
      id: key,
      // A single & names the key that chooses an item.
      label: `${time.format(createdMs)}  ${key}  ${short(title)}`.replaceAll('&', '&&'),
      enabled: hasPages,
      click: () => actions.openTicket(key),
    })),
    ...(tickets.length > 0 ? [{ type: 'separator' } as const] : []),
    { id: 'open', label: 'Open Jira TPM', click: actions.openWindow },
    {
      id: 'silence',
      label: 'Silence all alert rules for 1 h',
      type: 'checkbox',
      enabled: isSilent !== null,
      checked: isSilent === true,
      click: ({ checked }) => actions.silence(checked),
    },
    {
      id: 'stay-in-tray',
      label: 'Stay here when the window is closed',
      type: 'checkbox',
      checked: staysInTray,
      click: ({ checked }) => actions.stayInTray(checked),
    },
    {
      id: 'start-at-log-in',
      label: 'Start at log-in',
      type: 'checkbox',
      enabled: startsAtLogIn !== null,
      checked: startsAtLogIn === true,
      click: ({ checked }) => actions.startAtLogIn(checked),
    },
    { type: 'separator' },
    { role: 'quit', label: 'Quit Jira TPM' },
  ]
}

function short(title: string): string {
  return title.length <= MAX_TITLE ? title : `${title.slice(0, MAX_TITLE - 1)}…`
}

/** Blue, green, red; grey is what is not live. */
const COLOURS = { live: [0xdb, 0x5b, 0x3b], high: [0x18, 0x23, 0xb4], old: [0x95, 0x8a, 0x86] } as const

export type TrayTone = keyof typeof COLOURS

export function trayTone(present: Present | null): TrayTone {
  if (present === null || present.tickets === null) return 'old'
  return present.verdict?.state === 'high' ? 'high' : 'live'
}

/** The bars of our icon, of 16 across: from, to, and where each begins from the top. */
const BARS = [
  [4, 6, 8],
  [7, 9, 4],
  [10, 12, 6],
] as const
const FOOT = 12

/** Our icon as 16 × 16 points of `scale` pixels each way, four bytes a pixel: blue, green, red, opacity. */
export function trayBitmap(tone: TrayTone, scale: number): Buffer {
  const size = 16 * scale
  const pixels = Buffer.alloc(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)]
      const isCorner = [column, 15 - column].includes(0) && [row, 15 - row].includes(0)
      const isBar = BARS.some(([from, to, top]) => column >= from && column < to && row >= top && row < FOOT)
      const colour = isBar ? [0xff, 0xff, 0xff] : COLOURS[tone]
      if (!isCorner) pixels.set([...colour, 0xff], (y * size + x) * 4)
    }
  }
  return pixels
}
