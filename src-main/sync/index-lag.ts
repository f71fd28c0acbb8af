import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'

/** A site's index may have a bad hour and recover. */
const REMEMBERED_MINUTES = 60

/** The index lags and out of order, so each fetch reads again what was read this long before. */
const LEAST_LOOK_BACK_MS = 15 * 60_000

/** What lags longer is left to the census, or a single straggler would make every fetch a long one. */
const MOST_LOOK_BACK_MS = 4 * 3_600_000

/**
 * How long Jira's search index takes to show a new ticket, in the site's ms: the longest that was seen in the last hour.
 * Where nothing was seen for so long, what was usual in the last busy minutes, so that a single straggler is forgotten.
 */
export interface IndexLag {
  /** A ticket came into sight at `siteMs`, so long after its creation. What is seen only at the next fetch counts until then. */
  add(lagMs: number, siteMs: number): void
  /** The site's clock went on. */
  passed(siteMs: number): void
  /** Null before the first ticket. */
  lagMs(): number | null
  /** How long before the last fetch the next one begins to read. */
  lookBackMs(): number
}

interface Sighting {
  readonly minute: Minute
  readonly longestMs: number
}

export function createIndexLag(): IndexLag {
  /** One a minute, the oldest first. */
  let sightings: readonly Sighting[] = []
  let now: Minute = 0

  const lagMs = (): number | null => {
    const fresh = sightings.filter(({ minute }) => minute > now - REMEMBERED_MINUTES)
    if (fresh.length > 0) return Math.max(...fresh.map(({ longestMs }) => longestMs))
    const usual = sightings.map(({ longestMs }) => longestMs).toSorted((a, b) => a - b)
    return usual[Math.floor((usual.length - 1) / 2)] ?? null
  }

  return {
    add(newMs, siteMs) {
      const minute = minuteOf(siteMs)
      const same = sightings.find((one) => one.minute === minute)
      const longestMs = Math.max(0, newMs, same?.longestMs ?? 0)
      sightings = [...sightings.filter((one) => one !== same), { minute, longestMs }].slice(
        -REMEMBERED_MINUTES,
      )
      now = Math.max(now, minute)
    },
    passed: (siteMs) => void (now = Math.max(now, minuteOf(siteMs))),
    lagMs,
    lookBackMs: () => Math.min(Math.max(LEAST_LOOK_BACK_MS, 2 * (lagMs() ?? 0)), MOST_LOOK_BACK_MS),
  }
}
