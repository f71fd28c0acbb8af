import type { StoreClient } from '../store/postgres/connection/client.ts'

/** What a server says of its standbys, as any login may see it. */
interface Replication {
  /** `synchronous_standby_names`; empty: no commit waits. */
  readonly names: string
  /** `synchronous_commit`, as our sessions have it. */
  readonly commit: string
  /** How many follow it now. */
  readonly followers: number
}

/** Logical subscribers are no standbys: none of them can take the primary's place. */
const REPLICATION = `
  SELECT current_setting('synchronous_standby_names') AS "names", current_setting('synchronous_commit') AS "commit",
         (SELECT count(*) FROM pg_stat_replication)
           - (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'logical' AND active) AS "followers"`

/** Throws as `StoreClient.send`. */
export async function replicationOf({ send }: Pick<StoreClient, 'send'>): Promise<Replication> {
  const [replication] = (await send(REPLICATION)).rows as Replication[]
  if (replication === undefined) throw new TypeError('SELECT gave no row')
  return replication
}

const LOSES =
  'Commits do not wait for a standby: a failover loses what the primary had not passed on. Tickets are fetched again; slots of a run that were just claimed may be sent to Jira twice, and marks, changed rules and sent alerts of that moment are forgotten.'
const WAIT =
  "Set synchronous_standby_names (as 'ANY 1 (*)'), with Patroni synchronous_mode: true; and synchronous_commit to on."

/**
 * What a failover would lose, and what to do about it. Null where there is nothing to fail over to: one server alone.
 * `servers`: how many the address names.
 */
export function failoverText(
  { names, commit, followers }: Replication,
  servers: number,
): { readonly message: string; readonly hint?: string } | null {
  const waits = names !== '' && commit !== 'local' && commit !== 'off'
  if (waits && followers > 0) {
    return { message: `Each commit waits for a standby (${names}): a failover loses nothing.` }
  }
  if (waits) {
    return {
      message: `Each commit waits for a standby (${names}), and none follows now.`,
      hint: 'Nothing can be stored until one does: start it.',
    }
  }
  if (followers > 0) return { message: LOSES, hint: WAIT }
  if (servers === 1) return null
  return {
    message: 'No standby follows the primary now: there is none to fail over to.',
    hint: 'Start the others, or check that they follow it.',
  }
}
