import { createHmac, randomBytes } from 'node:crypto'
import { rows, sql, type Database } from '../sql.ts'

const DRAW_KEY = `
  INSERT INTO site_keys (site_id, reporter_key) VALUES (:siteId, :drawn) ON CONFLICT (site_id) DO NOTHING`
const KEY = 'SELECT reporter_key AS "key" FROM site_keys WHERE site_id = :siteId'

/** 64 bits: of a million people no two are likely to share one. */
const DIGEST_LENGTH = 16
/** How many people's digests are remembered: those who report most come again with every page. */
const REMEMBERED = 5_000

type DigestOf = (reporterId: string) => string

/**
 * Makes digests of who reported a site's tickets, by a key that is drawn once and kept in the store: see
 * `docs/decisions/0047-fields.md`.
 */
export function createReporters(db: Database) {
  const sites = new Map<string, Promise<DigestOf>>()

  const open = async (siteId: string): Promise<DigestOf> => {
    const drawn = randomBytes(32).toString('hex')
    const read = sql<{ key: string }>(KEY, { siteId })
    const [there] = await db.query(read)
    if (there !== undefined) return digests(there.key)
    const [kept] = await db.write(function* () {
      const [, found] = yield* rows(sql(DRAW_KEY, { siteId, drawn }), read)
      return found
    })
    return digests(kept?.key ?? drawn)
  }

  /** What makes the digests of a site's reporters. Throws AppErrors, see `Store`. */
  return (siteId: string): Promise<DigestOf> => {
    const known = sites.get(siteId)
    if (known !== undefined) return known
    const opened = open(siteId)
    sites.set(siteId, opened)
    opened.catch(() => sites.delete(siteId))
    return opened
  }
}

function digests(key: string): DigestOf {
  const remembered = new Map<string, string>()
  return (reporterId) => {
    const known = remembered.get(reporterId)
    if (known !== undefined) return known
    if (remembered.size >= REMEMBERED) remembered.clear()
    const digest = createHmac('sha256', key).update(reporterId).digest('hex').slice(0, DIGEST_LENGTH)
    remembered.set(reporterId, digest)
    return digest
  }
}
