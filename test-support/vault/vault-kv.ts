interface Version {
  readonly data: Readonly<Record<string, unknown>>
  deleted: boolean
}

/** A KV engine, version 2: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2. */
export type TestKv = ReturnType<typeof createTestKv>

export function createTestKv() {
  const secrets = new Map<string, Version[]>()
  return {
    /** Hears of each read, when it has its answer. */
    afterRead: () => {},
    put(path: string, data: Readonly<Record<string, unknown>>) {
      secrets.set(path, [...(secrets.get(path) ?? []), { data, deleted: false }])
    },
    /** Deletes the newest version. */
    delete(path: string) {
      const newest = secrets.get(path)?.at(-1)
      if (newest !== undefined) newest.deleted = true
    },
    /** As `GET …/data/:path` answers. */
    read(path: string): { readonly status: number; readonly content: Record<string, unknown> } {
      const versions = secrets.get(path) ?? []
      queueMicrotask(() => this.afterRead())
      const newest = versions.at(-1)
      if (newest === undefined) return { status: 404, content: { errors: [] } }
      const metadata = {
        created_time: '2026-01-01T00:00:00Z',
        custom_metadata: null,
        deletion_time: newest.deleted ? '2026-01-02T00:00:00Z' : '',
        destroyed: false,
        version: versions.length,
      }
      // The documented answer for a deleted version: 404, with its metadata and no data.
      return newest.deleted
        ? { status: 404, content: { data: { data: null, metadata } } }
        : { status: 200, content: { data: { data: newest.data, metadata } } }
    },
  }
}
