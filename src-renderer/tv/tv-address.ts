/** How the TV view looks: dark, since it is on all night, unless its address says otherwise. */
export type TvTheme = 'dark' | 'light'

/** `#tv` and `#tv=light` lead to the TV view, with whatever else they hold; null: this fragment does not. */
export function tvInFragment(fragment: string): TvTheme | null {
  const value = new URLSearchParams(fragment.replace(/^#/, '')).get('tv')
  if (value === null) return null
  return value === 'light' ? 'light' : 'dark'
}

/** A fragment that leads to the TV view over what it held before. */
export function withTv(fragment: string, tv: TvTheme | null): string {
  if (tv === null) return fragment
  const own = tv === 'light' ? 'tv=light' : 'tv'
  return fragment === '' ? own : `${own}&${fragment}`
}
