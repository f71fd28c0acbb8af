import { sql, type Database } from './sql.ts'
import type { Store } from './store.ts'

const KEEP = `
  INSERT INTO known_sites (asked, site) VALUES (:asked, :site)
  ON CONFLICT (asked) DO UPDATE SET site = excluded.site`

/** What was found of a Jira, for those who read without it. */
export const createKnownSites = (db: Database): Pick<Store, 'keepSite' | 'knownSite'> => ({
  keepSite: (asked, site) =>
    db.write(function* () {
      yield [sql(KEEP, { asked, site })]
    }),

  async knownSite(asked) {
    const known = sql<{ site: string }>('SELECT site FROM known_sites WHERE asked = :asked', { asked })
    return (await db.query(known))[0]?.site ?? null
  },
})
