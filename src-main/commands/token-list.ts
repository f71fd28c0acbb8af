import type { Command } from 'commander'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { textTable, type Column } from '../print/text-table.ts'
import { wallMinute } from '../print/wall-clock.ts'
import type { TokenRecord } from '../tokens/token-file.ts'
import type { CommonOptions } from './common-options.ts'
import { print, type CommandHost } from './io.ts'
import { tokenDocument, tokenState } from './token-document.ts'
import { withTokens } from './with-tokens.ts'

export function addTokenList(token: Command, host: CommandHost): void {
  token
    .command('list')
    .description('tokens and one-time links that have not expired')
    .action((_options, command: Command) => listTokens(host, command.optsWithGlobals()))
}

async function listTokens({ io }: CommandHost, options: CommonOptions): Promise<void> {
  await withTokens(io, options, async ({ tokens, zone }) => {
    const records = tokens.list()
    const { lines } = textTable(records, columnsIn(zone), io.stdoutIsTTY ? io.columns : null)
    const text = records.length === 0 ? 'There is no token that has not expired.' : lines.join('\n')
    print(io, options.json, { tokens: records.map(tokenDocument) }, text)
  })
}

function columnsIn(zone: string): readonly Column<TokenRecord>[] {
  return [
    { title: 'id', of: ({ id }) => id },
    { title: 'scope', of: ({ scope }) => scope },
    { title: 'state', of: tokenState },
    { title: 'expires', giveUp: 2, of: ({ expiresMs }) => when(expiresMs, zone) },
    { title: 'made', giveUp: 3, of: ({ createdMs }) => when(createdMs, zone) },
    { title: 'name', giveUp: 1, of: ({ name }) => name },
  ]
}

function when(epochMs: number, zone: string): string {
  const { day, clock } = wallMinute(minuteOf(epochMs), zone)
  return `${day.split(' ').slice(1, 3).join(' ')} ${clock}`
}
