import { allows, type Scope } from '../../src-shared/contract/scopes.ts'
import type { Command, CommandId } from './commands.ts'

/** What takes more than looking on. The settings may be looked at: how the window looks is in them, too. */
const COMMAND_SCOPES: { readonly [C in CommandId]?: Scope } = {
  'run-start': 'run',
  'run-pause': 'run',
  'run-resume': 'run',
  'run-stop': 'run',
  'run-clean-up': 'run',
  fetch: 'run',
  sample: 'admin',
  'tables-create': 'admin',
  'tables-drop': 'admin',
  'store-fall-back': 'admin',
  'store-go-back': 'admin',
}

/** The commands as this window may give them. */
export function forScope(commands: readonly Command[], scope: Scope): Command[] {
  return commands.map((command) => ({
    ...command,
    enabled: command.enabled && allows(scope, COMMAND_SCOPES[command.id] ?? 'read'),
  }))
}
