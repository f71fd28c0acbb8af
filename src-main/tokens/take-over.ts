import { isDeepStrictEqual } from 'node:util'
import type { AccessStore } from '../store/access/access.ts'
import { NEVER_USED, type AccessKey, type TokenRecord } from '../store/access/records.ts'
import { changeKeyFile, readKeyFile, type FormerFile } from './key-file.ts'

/**
 * What an edition before had in the workspace's file of tokens goes into the store, and the file then has the key that signs
 * alone. A process that dies meanwhile leaves it to the next one: what is there already is not changed. Throws as
 * `changeKeyFile`, and as the store.
 */
export async function takeOverFile(
  file: string,
  store: Pick<AccessStore, 'takeAccess'>,
  workspace: string,
): Promise<void> {
  const { former } = readKeyFile(file)
  if (former === null) return
  const signing = former.keys.find(({ retiredMs }) => retiredMs === null)
  const audience = await store.takeAccess({
    audience: former.audience,
    keys: former.keys.map((key) => keyOf(key, former.audience)),
    tokens: former.tokens.flatMap((record) => recordOf(record, workspace)),
    sessions: [],
  })
  const isDone = await changeKeyFile(file, (now) => {
    if (!isDeepStrictEqual(now.former, former)) return { keys: null, result: now.former === null }
    const keys = signing === undefined ? [] : [{ store: audience, kid: signing.kid, d: signing.d }]
    return { keys, result: true }
  })
  if (!isDone) await takeOverFile(file, store, workspace)
}

function keyOf(key: FormerFile['keys'][number], audience: string): AccessKey {
  const { kid, x, createdMs, retiredMs } = key
  return { kid, x, createdMs, retiredMs, audience }
}

/** Tokens of the editions before that have no digest to be compared with: they are no good any more. */
function recordOf(record: FormerFile['tokens'][number], changedIn: string): TokenRecord[] {
  const { sha256 = null, ...rest } = record
  return sha256 === null && rest.link === null ? [] : [{ ...NEVER_USED, ...rest, sha256, changedIn }]
}
