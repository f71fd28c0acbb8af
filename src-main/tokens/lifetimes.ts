/** How long a token may live, in ms. */
export const MAX_TTL_MS = 24 * 3_600_000
export const MIN_TTL_MS = 10_000

/** How long a link can be opened where nothing else is said, in ms. */
export const LINK_TTL_MS = 15 * 60_000
