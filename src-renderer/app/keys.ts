import { useEffect, useEffectEvent } from 'react'
import type { Move } from './bar-moves.ts'
import type { Command, CommandId } from './commands.ts'
import { CHART_ID, useWorkbench } from './workbench.ts'

type KeyAction = CommandId | Move

export type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** The key that opens the command list together with K, as this machine's keyboard names it. */
export const commandKey: string = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl'

/** All keys, and what they do, as they are listed for the person. */
export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['1  2  3  4', 'Bar, histogram, distribution, heat'],
  ['←  →', 'Along the bars, from the newest'],
  ['Home  End', 'To the first, to the last bar'],
  ['Shift ←  Shift →', 'Select more bars, or fewer'],
  ['Enter', 'List their tickets'],
  ['+  -', 'Zoom in, zoom out'],
  ['Backspace', 'Back from the zoom'],
  ['Esc', 'Let go of the bars, then back from the zoom; leave the settings or the runs'],
  ['[  ]', 'Previous, next span'],
  ['N', 'Now'],
  ['P', 'Play the bars: the more tickets the higher; arrows move along, P or Esc ends it'],
  ['C', 'Compare with another span'],
  ['A', 'Mark this time'],
  ['T', 'Table instead of chart'],
  ['W', 'TV view: Esc leaves it, D is dark or light'],
  ['J  K', 'To the tickets, and along them'],
  ['O', 'Open the ticket in Jira'],
  ['/', 'Search the tickets'],
  ['R', 'To the run panel'],
  ['Shift R', 'Runs: history, audit, clean-up'],
  ['F', 'Fetch now'],
  ['D', 'Dark or light'],
  [',', 'Settings'],
  [`${commandKey} K`, 'Find a ticket, time, view or command'],
  ['?', 'These keys'],
]

/** Where keys have a meaning of their own. */
const ownKeys = 'dialog, [role=dialog], input:not([type=radio]), select, textarea, [contenteditable]'

/** Where arrows have: from one radio button to the next, along a slider. */
const ownArrows = `${ownKeys}, [type=radio], [role=slider], [role=tab]`

/** Where Enter has. */
const ownEnter = `${ownArrows}, button, a, summary`

const moves: Record<string, Move> = {
  arrowleft: 'bar-previous',
  arrowright: 'bar-next',
  home: 'bar-first',
  end: 'bar-last',
  enter: 'bar-open',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  backspace: 'step-back',
  p: 'play',
  escape: 'back',
}

const plain: Record<string, KeyAction> = {
  ...moves,
  '1': 'view-bar',
  '2': 'view-histogram',
  '3': 'view-distribution',
  '4': 'view-heat',
  n: 'span-now',
  a: 'mark',
  c: 'compare',
  j: 'tickets',
  r: 'run-start',
  f: 'fetch',
  t: 'table',
  w: 'tv',
  d: 'theme-toggle',
  ',': 'settings',
}

const shifted: Record<string, KeyAction> = {
  arrowleft: 'select-previous',
  arrowright: 'select-next',
  home: 'select-first',
  end: 'select-last',
  r: 'runs',
}

/** What is typed, with whatever other keys a keyboard's layout needs for it. */
const typed: Record<string, KeyAction> = {
  '[': 'span-previous',
  ']': 'span-next',
  '+': 'zoom-in',
  '?': 'keys',
  '/': 'tickets-search',
}

function isMove(action: KeyAction): action is Move {
  return /^(?:bar|select|zoom)-|^(?:step-)?back$|^play$/.test(action)
}

/** The action of a key that was pressed outside any field, or null. Keys with Ctrl, ⌘ or Alt are the system's, save K. */
export function actionOf({ key: pressed, shiftKey, ctrlKey, metaKey, altKey }: KeyPress): KeyAction | null {
  const key = pressed.toLowerCase()
  // Alt, or AltGr that looks like Ctrl and Alt, is what some keyboards need to type it.
  if (key in typed && !metaKey && (altKey || !ctrlKey)) return typed[key] ?? null
  if (altKey) return null
  if (ctrlKey || metaKey) return key === 'k' && !shiftKey ? 'commands' : null
  return (shiftKey ? shifted : plain)[key] ?? null
}

function ownedBy(action: KeyAction): string {
  if (action === 'bar-open') return ownEnter
  return /^(?:bar|select)-/.test(action) ? ownArrows : ownKeys
}

/**
 * Makes the window's keys work, wherever the focus is that has no use of its own for them. `onMove` is what moving
 * means on the page that is shown.
 */
export function useKeys(commands: readonly Command[], onMove: (move: Move) => void): void {
  const { view } = useWorkbench()
  /** What is typed between Ctrl-K and the frame in which its field is there belongs to the field: no key of the window's. */
  const typeAhead = (event: KeyboardEvent, target: Element | null): boolean => {
    const { dialog, typedAhead } = view.get()
    if (dialog !== 'commands' || target?.closest('dialog') || event.ctrlKey || event.metaKey) return false
    event.preventDefault()
    if (event.key.length === 1) view.put({ typedAhead: typedAhead + event.key })
    return true
  }
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null
    if (typeAhead(event, target)) return
    const action = event.defaultPrevented ? null : actionOf(event)
    if (action === null) return
    // A field's own keys are its own; the command list opens from anywhere.
    if (action !== 'commands' && target?.closest(ownedBy(action))) return
    event.preventDefault()
    if (isMove(action)) onMove(action)
    else commands.find((command) => command.id === action && command.enabled)?.run()
    if (isOfChart(action)) document.getElementById(CHART_ID)?.scrollIntoView({ block: 'nearest' })
  })
  useEffect(() => {
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

/** What changes the chart, which may be scrolled out of sight. */
function isOfChart(action: KeyAction): boolean {
  return (
    action === 'step-back' ||
    action === 'play' ||
    /^(?:bar-(?!open)|select|zoom|view|span|table|mark)/.test(action)
  )
}
