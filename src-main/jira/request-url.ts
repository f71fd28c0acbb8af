type Value = string | number | boolean

/** A query string's names and values, as jira.js gives them. */
export type SearchParams = Readonly<Record<string, Value | readonly Value[] | null | undefined>>

/**
 * The URL of a request: `path` below the site's address, which may have a path of its own. Lists are repeated
 * (`fields=a&fields=b`), values that are undefined or null left out.
 */
export function requestUrl(site: URL, path: string, searchParams: SearchParams = {}): URL {
  const url = new URL(site)
  url.pathname = site.pathname.replace(/\/$/, '') + path
  for (const [name, value] of Object.entries(searchParams)) {
    if (value === undefined || value === null) continue
    for (const item of typeof value === 'object' ? value : [value])
      url.searchParams.append(name, String(item))
  }
  return url
}
