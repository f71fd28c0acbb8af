/** How long a token may live, in ms. */
export const MAX_TTL_MS = 24 * 3_600_000
export const MIN_TTL_MS = 10_000

/** How long a screen is let in by its link, in ms, where nothing else is said: nobody is there to open another. */
export const DISPLAY_TTL_MS = 180 * 24 * 3_600_000

/** How long a link can be opened where nothing else is said, in ms. */
export const LINK_TTL_MS = 15 * 60_000

/** How long a browser stays signed in, in ms. */
export const SESSION_MS = 24 * 3_600_000

/** How long a program is signed in after its last renewal, in ms. */
export const LOGIN_MS = 90 * 24 * 3_600_000
