import type { ProjectSetting } from '../settings.ts'
import type { SandboxDatabase } from './open-database.ts'

export interface ProjectRecord {
  readonly id: number
  readonly key: string
  readonly name: string
}

/** The projects: few, and read with every ticket, so they are kept in memory as well as in the file. */
export interface ProjectTable {
  /** All projects, by key. */
  all(): readonly ProjectRecord[]
  /** The project with this key or numeric id. Keys are read without regard to case, as Jira does. */
  find(idOrKey: string): ProjectRecord | undefined
  /** Makes the projects that are missing; those that are there keep their tickets and take the new name. */
  ensure(wanted: readonly ProjectSetting[]): void
  /** Takes the next `count` ticket numbers of a project and returns the first. Numbers are never given twice. */
  takeNumbers(projectKey: string, count: number): number
}

const FIRST_PROJECT_ID = 10_000

export function createProjectTable(db: SandboxDatabase): ProjectTable {
  const select = db.prepare<[], ProjectRecord>('SELECT id, key, name FROM projects ORDER BY key')
  const insert = db.prepare(
    `INSERT INTO projects (id, key, name, last_number)
     VALUES (coalesce((SELECT max(id) FROM projects), ${FIRST_PROJECT_ID - 1}) + 1, ?, ?, 0)
     ON CONFLICT (key) DO UPDATE SET name = excluded.name`,
  )
  const takeNumbers = db
    .prepare<[number, string], number>(
      'UPDATE projects SET last_number = last_number + ? WHERE key = ? RETURNING last_number',
    )
    .pluck()
  let projects = select.all()

  return {
    all: () => projects,
    find(idOrKey) {
      const wanted = idOrKey.toUpperCase()
      return projects.find(({ id, key }) => key === wanted || String(id) === wanted)
    },
    ensure(wanted) {
      db.transaction(() => {
        for (const project of wanted) insert.run(project.key, project.name)
      })()
      projects = select.all()
    },
    takeNumbers(projectKey, count) {
      const last = takeNumbers.get(count, projectKey)
      if (last === undefined) throw new Error(`No project ${projectKey}`)
      return last - count + 1
    },
  }
}
