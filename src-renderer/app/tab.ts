import { isUnusual, NOW_MINUTES, type Present } from '../../src-shared/domain/now.ts'
import type { PresentState } from '../live/present.ts'
import type { StateStore } from '../state-store.ts'
import icon from './icon.svg'

const NAME = 'Jira TPM'

/** What the window and its tab are called: `13 in 5 min – Jira TPM`, with ▲ where that is unusual. Of what is not live no number is said. */
export function tabTitle(present: Present | null): string {
  if (present === null || present.freshness === 'unknown') return NAME
  const { tickets, isLeast } = present
  return tickets === null
    ? `Not live – ${NAME}`
    : `${isUnusual(present) ? '▲ ' : ''}${isLeast ? '≥ ' : ''}${tickets} in ${NOW_MINUTES} min – ${NAME}`
}

const GREY = '#868a95'
const BLUE = '#3b5bdb'
const RED = '#b42318'
const BARS = '<path d="M8 17h4v7H8zM14 8h4v16h-4zM20 13h4v11h-4z" fill="#fff"/>'

/** The tab's icon as a data URL: the number of the last five minutes, on red where it is far from usual, or grey bars where what is known is not live. Null: the usual one. */
export function tabIcon(present: Present | null): string | null {
  if (present === null || present.freshness === 'unknown' || present.tickets === 0) return null
  const { tickets } = present
  if (tickets === null) return pictured(GREY, BARS)
  const text = tickets > 99 ? '99+' : String(tickets)
  const size = [0, 24, 21, 15][text.length]
  return pictured(
    present.verdict?.state === 'high' ? RED : BLUE,
    `<text x="16" y="16" fill="#fff" font-family="system-ui,sans-serif" font-weight="700" font-size="${size}" text-anchor="middle" dominant-baseline="central">${text}</text>`,
  )
}

function pictured(ground: string, content: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${ground}"/>${content}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** Keeps the title and the icon of the page true, until the returned function is called. */
export function followTab(
  store: StateStore<PresentState>,
  page: Pick<Document, 'title' | 'querySelector'>,
): () => void {
  const link = page.querySelector<HTMLLinkElement>('link[rel=icon]')
  let shown: Present | null = null
  const show = (): void => {
    const { present } = store.get()
    if (present === shown) return
    shown = present
    page.title = tabTitle(present)
    link?.setAttribute('href', tabIcon(present) ?? icon)
  }
  show()
  return store.subscribe(show)
}
