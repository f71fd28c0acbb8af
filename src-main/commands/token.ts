import type { Command } from 'commander'
import { addAfterHelp } from './after-help.ts'
import type { CommandHost } from './io.ts'
import { addTokenCreate } from './token-create.ts'
import { addTokenLink } from './token-link.ts'
import { addTokenList } from './token-list.ts'
import { addTokenRevoke } from './token-revoke.ts'
import { addTokenRotate } from './token-rotate.ts'

const AFTER_HELP = [
  'A program sends its token as the header Authorization: Bearer TOKEN; a browser opens a link. A token may be shown to nobody, is good for 24 hours at most, and is good for servers of this data folder alone.',
]

export function addToken(program: Command, host: CommandHost): void {
  const token = program
    .command('token')
    .description('who may use the served dashboard: makes, lists and ends tokens and one-time links')
  addAfterHelp(token, AFTER_HELP)
  for (const add of [addTokenCreate, addTokenList, addTokenRevoke, addTokenRotate, addTokenLink])
    add(token, host)
}
