import { useSyncExternalStore } from 'react'
import type { Theme } from './preferences.ts'

const dark = '(prefers-color-scheme: dark)'

/** Puts the theme on the page: the tokens follow the root's `data-theme`, or the system where it has none. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Whether the window is dark under this theme; kept up to date when the system changes its mind. */
export function useIsDark(theme: Theme): boolean {
  const systemIsDark = useSyncExternalStore(onSystemTheme, () => matchMedia(dark).matches)
  return theme === 'system' ? systemIsDark : theme === 'dark'
}

/** Hears when the system turns dark or light, until the returned function is called. */
export function onSystemTheme(listener: () => void): () => void {
  const query = matchMedia(dark)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
