import type { ClientPool } from './pool.ts'

const MEGABYTE_OF_ROWS = 550

/**
 * Whether a server whose disk was full takes writes again: everybody else fails at once meanwhile, so nobody would find
 * out. Writes a megabyte, so that a few freed blocks do not count as room, to a temporary table that is gone with the
 * commit: its blocks are on the disk of our tables, need no log (which must not fill the disk further), and leave
 * nothing. A user who may make none (42501) is believed without. Throws what the server says, 53100 while it is full.
 */
export async function probeWrites(pool: ClientPool): Promise<void> {
  await pool.use(async (send) => {
    const statements = [
      'BEGIN',
      "SET LOCAL temp_tablespaces = ''",
      'CREATE TEMPORARY TABLE jira_tpm_write_probe (filler TEXT) ON COMMIT DROP',
      // Longer texts would be packed, and take no room.
      `INSERT INTO jira_tpm_write_probe SELECT repeat('x', 1900) FROM generate_series(1, ${MEGABYTE_OF_ROWS})`,
      'COMMIT',
    ]
    try {
      for (const sql of statements) await send(sql)
    } catch (error) {
      await send('ROLLBACK')
      if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error
    }
  })
}
