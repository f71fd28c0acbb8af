import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { writeFailure } from '../config/data-dir.ts'
import { replaceJson } from '../runtime/private-files.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'

const Nullable = <T extends Type.TSchema>(type: T) => Type.Union([type, Type.Null()])

/** The key by which this workspace signs, for each store that it made tokens in. */
const OwnKey = Type.Object({
  /** The audience of the store that has its public half. */
  store: Type.String(),
  kid: Type.String(),
  /** Its private half, in Base64url (RFC 8037); null: in the keychain. */
  d: Nullable(Type.String()),
})

export type OwnKey = Static<typeof OwnKey>

const KeyFile = Type.Object({ keys: Type.Array(OwnKey) }, { additionalProperties: false })

/** What editions before the tokens were in the store wrote into the same file. */
const FormerFile = Type.Object({
  audience: Type.String(),
  keys: Type.Array(
    Type.Object({
      kid: Type.String(),
      createdMs: Type.Integer(),
      retiredMs: Nullable(Type.Integer()),
      x: Type.String(),
      d: Nullable(Type.String()),
    }),
  ),
  tokens: Type.Array(
    Type.Object({
      id: Type.String(),
      kid: Nullable(Type.String()),
      sha256: Type.Optional(Type.String()),
      link: Nullable(
        Type.Object({
          digest: Type.String(),
          untilMs: Type.Integer(),
          spentMs: Nullable(Type.Integer()),
        }),
      ),
      scope: Type.Enum(SCOPES),
      name: Type.String(),
      createdMs: Type.Integer(),
      expiresMs: Type.Integer(),
      revokedMs: Nullable(Type.Integer()),
    }),
  ),
})

export type FormerFile = Static<typeof FormerFile>

/** The workspace's `tokens.json`. It may hold a signing key, so it is the owner's alone. */
export function keyFilePath(dataDir: string): string {
  return path.join(dataDir, 'tokens.json')
}

/** `former`: what is still to be taken over into the store. Throws `not-configured` where it is not ours, and what the file system says. */
export function readKeyFile(file: string): { readonly keys: OwnKey[]; readonly former: FormerFile | null } {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], former: null }
    if (error instanceof SyntaxError) throw notOurs(file)
    throw error
  }
  if (Check(FormerFile, content)) return { keys: [], former: content }
  if (!Check(KeyFile, content)) throw notOurs(file)
  return { keys: content.keys, former: null }
}

/**
 * Writes what `change` makes of the file's keys (null: nothing), while no other process of the workspace does. Throws
 * `not-configured`, `folder-not-writable` and `busy`; the file is then as it was.
 */
export async function changeKeyFile<T>(
  file: string,
  change: (content: ReturnType<typeof readKeyFile>) => { readonly keys: OwnKey[] | null; readonly result: T },
): Promise<T> {
  try {
    return await withFolderLock(path.dirname(file), () => {
      const { keys, result } = change(readKeyFile(file))
      if (keys !== null) replaceJson(file, { keys })
      return result
    })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'folder-not-writable',
      `The file of the signing key ${file} cannot be written: ${writeFailure(cause)}.`,
      {
        consequence: 'No token was made; those made before go on.',
        hint: 'Make room or make the folder writable, and try it again.',
        cause,
      },
    )
  }
}

function notOurs(file: string): AppError {
  return new AppError('not-configured', `${file} is not a file of the key that signs tokens.`, {
    consequence: 'No token is made here; those that the store has are taken.',
    hint: 'Put back the file as it was; or delete it, and the next token is signed with a new key.',
  })
}
