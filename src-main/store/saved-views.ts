import type { SavedView } from '../../src-shared/contract/views.ts'
import { tooManyViews, viewChanged } from './errors.ts'
import { notifyIf, rows, sql, type Database } from './sql.ts'

/** At one site. */
const MAX_VIEWS = 100

const OF_VIEW = 'site_id = :siteId AND name = :name'
const ALL = `
  SELECT name, state, revision, created_ms AS "createdMs" FROM saved_views WHERE site_id = :siteId
  ORDER BY created_ms, name`
/** Once more by who got no answer, too. */
const SAVE = `
  INSERT INTO saved_views (site_id, name, state, revision, created_ms)
  SELECT :siteId, :name, :state, :revision, CAST(:createdMs AS BIGINT)
  WHERE (SELECT COUNT(*) FROM saved_views WHERE site_id = :siteId) < ${MAX_VIEWS}
    OR EXISTS (SELECT 1 FROM saved_views WHERE ${OF_VIEW})
  ON CONFLICT (site_id, name) DO UPDATE SET state = excluded.state, revision = excluded.revision
  WHERE saved_views.revision = CAST(:seen AS TEXT) OR saved_views.revision = excluded.revision
  RETURNING created_ms AS "createdMs"`
const DELETE = `DELETE FROM saved_views WHERE ${OF_VIEW} AND revision = :seen RETURNING 1 AS one`
const IS_THERE = `SELECT 1 AS one FROM saved_views WHERE ${OF_VIEW}`

/** The views that people saved under a name. */
export function createSavedViews(db: Database) {
  return {
    /** In the order in which they were first saved. */
    async views(siteId: string): Promise<SavedView[]> {
      const found = await db.query(sql<Omit<SavedView, 'state'> & { state: string }>(ALL, { siteId }))
      return found.map((view) => ({ ...view, state: JSON.parse(view.state) as SavedView['state'] }))
    },

    /**
     * Saves a view; one of its name is replaced where `seen` is its revision, and keeps its place. Throws `busy` where it is
     * not, `usage` where there are as many as there may be.
     */
    saveView: (siteId: string, view: SavedView, seen: string | null): Promise<SavedView> =>
      db.write(function* (tx) {
        const given = { siteId, ...view, state: JSON.stringify(view.state), seen }
        const [[saved], [there]] = yield* rows(
          sql<Pick<SavedView, 'createdMs'>>(SAVE, given),
          sql(IS_THERE, given),
        )
        if (saved === undefined) throw there === undefined ? tooManyViews(MAX_VIEWS) : viewChanged(view.name)
        tx.notify(siteId, 'views')
        return { ...view, createdMs: saved.createdMs }
      }),

    /** False where there is none of that name. Throws `busy` where `seen` is not its revision. */
    deleteView: (siteId: string, name: string, seen: string): Promise<boolean> =>
      db.write(function* (tx) {
        const given = { siteId, name, seen }
        const [[deleted], [there]] = yield* rows(sql(DELETE, given), sql(IS_THERE, given))
        if (there !== undefined) throw viewChanged(name)
        notifyIf(deleted !== undefined, tx, siteId, 'views')
        return deleted !== undefined
      }),
  }
}
