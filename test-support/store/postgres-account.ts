import { spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Whom the server runs as; empty: as this process. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL refuses to run as root: root has it run as `postgres`, or as `nobody`. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }))
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
}

/** A new folder of that account's that it can also reach; a TMPDIR of root's alone is passed over. */
export function makeServerFolder(account: Account): string {
  for (const base of [tmpdir(), '/tmp']) {
    const folder = mkdtempSync(path.join(base, 'tpm-pg-'))
    give(folder, account)
    if (spawnSync('test', ['-w', folder], account).status === 0) return folder
  }
  throw new Error(`The account that PostgreSQL is to run as can write to neither ${tmpdir()} nor /tmp`)
}

/** Makes a file or folder the account's. */
export function give(file: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
}

/**
 * Programs that the account can run: the given folder, or where it may not go there (a clone below root's home, or made
 * with a narrow umask) a copy of it and its libraries in the server's folder.
 */
export function runnablePrograms(bin: string, account: Account, folder: string): string {
  const program = path.join(bin, 'postgres')
  if (spawnSync(program, ['--version'], { ...account, cwd: folder }).status === 0) return bin
  const copy = path.join(folder, 'programs')
  cpSync(path.dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'a+rX', copy])
  return path.join(copy, path.basename(bin))
}
