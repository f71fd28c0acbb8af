import { useSyncExternalStore } from 'react'
import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { isZone } from '../../src-shared/domain/zone.ts'

const dark = '(prefers-color-scheme: dark)'

/** In the order of their keys. */
export const VIEWS = ['bar', 'histogram', 'distribution', 'heat'] as const

export const Preferences = Type.Object({
  view: Type.Enum([...VIEWS]),
  asTable: Type.Boolean(),
  theme: Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')]),
  /** The zone by whose clock this person reads; empty or none where that is the one that the program says. */
  zone: Type.Optional(Type.String()),
})

export type Preferences = Static<typeof Preferences>

export type View = Preferences['view']

export type ThemeChoice = Preferences['theme']

export const defaultPreferences: Preferences = { view: 'bar', asTable: false, theme: 'system' }

const KEY = 'jira-tpm.preferences'

/** What this person chose the last time; the defaults where nothing, or nothing readable, is kept. */
export function loadPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  const { zone, ...kept } = readKept(storage, KEY, Preferences) ?? defaultPreferences
  return zone !== undefined && isZone(zone) ? { ...kept, zone } : kept
}

/** What is kept under a key; null where that is nothing, or is text that some other program left there. */
export function readKept<T extends TSchema>(
  storage: Pick<Storage, 'getItem'>,
  key: string,
  schema: T,
): Static<T> | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? 'null')
    return Check(schema, kept) ? kept : null
  } catch {
    return null
  }
}

export function savePreferences(storage: Pick<Storage, 'setItem'>, preferences: Preferences): void {
  storage.setItem(KEY, JSON.stringify(preferences))
}

/** Puts the theme on the page: the tokens follow the root's `data-theme`, or the system where it has none. */
export function applyTheme(theme: ThemeChoice): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Whether the window is dark under this theme; kept up to date when the system changes its mind. */
export function useIsDark(theme: ThemeChoice): boolean {
  const systemIsDark = useSyncExternalStore(onSystemTheme, () => matchMedia(dark).matches)
  return theme === 'system' ? systemIsDark : theme === 'dark'
}

/** Calls back when the system turns dark or light, until the returned function is called. */
export function onSystemTheme(listener: () => void): () => void {
  const query = matchMedia(dark)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
