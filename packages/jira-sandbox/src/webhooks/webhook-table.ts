import type { SandboxDatabase } from '../database/open-database.ts'

/** What a registration is made of, whichever of the two REST forms it came in. */
export interface NewWebhook {
  readonly name: string
  readonly url: string
  /** Names of events; those that the sandbox does not have are kept and never sent. */
  readonly events: readonly string[]
  /** A query that a ticket must match; empty: every ticket. */
  readonly jql: string
  /** Null: its bodies are not signed. */
  readonly secret: string | null
  readonly excludeBody: boolean
  readonly enabled: boolean
}

/** A registration. They are permanent: the file keeps them. */
export interface Webhook extends NewWebhook {
  readonly id: number
  /** Site epoch ms. */
  readonly createdMs: number
  readonly updatedMs: number
}

/** As many as a site takes. */
export const MAX_WEBHOOKS = 100

export type WebhookTable = ReturnType<typeof createWebhookTable>

interface Row {
  id: number
  parts: string
  created_ms: number
  updated_ms: number
}

/** The webhooks of a site: few, and looked at with each change of a ticket, so they are kept in memory as well. */
export function createWebhookTable(db: SandboxDatabase) {
  const select = db.prepare<[], Row>('SELECT id, parts, created_ms, updated_ms FROM webhooks ORDER BY id')
  const insert = db
    .prepare<[string, number, number], number>(
      'INSERT INTO webhooks (parts, created_ms, updated_ms) VALUES (?, ?, ?) RETURNING id',
    )
    .pluck()
  const update = db.prepare('UPDATE webhooks SET parts = ?, updated_ms = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM webhooks WHERE id = ?')
  let webhooks = select.all().map(fromRow)
  const reload = (): void => {
    webhooks = select.all().map(fromRow)
  }
  const find = (id: number): Webhook | undefined => webhooks.find((webhook) => webhook.id === id)

  return {
    all: (): readonly Webhook[] => webhooks,
    find,
    add(parts: NewWebhook, nowMs: number): Webhook {
      const id = insert.get(JSON.stringify(parts), nowMs, nowMs) as number
      reload()
      return find(id) as Webhook
    },
    replace(id: number, parts: NewWebhook, nowMs: number): Webhook {
      update.run(JSON.stringify(parts), nowMs, id)
      reload()
      return find(id) as Webhook
    },
    /** False where there is none. */
    remove(id: number): boolean {
      const { changes } = remove.run(id)
      reload()
      return changes === 1
    },
  }
}

function fromRow(row: Row): Webhook {
  const parts = JSON.parse(row.parts) as NewWebhook
  return { ...parts, id: row.id, createdMs: row.created_ms, updatedMs: row.updated_ms }
}
