import path from 'node:path'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { AppError, errorText, nothingChanged } from '../../../src-shared/errors/app-error.ts'
import { LOCAL } from '../../config/team-config.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import { machineClock } from '../../runtime/clock.ts'
import { createSecrets } from '../../secrets/secrets.ts'
import { clockNotice } from '../../team/faults.ts'
import {
  createServerBook,
  type KeptServer,
  type KeptServers,
  type ServerBook,
} from '../../team/kept-servers.ts'
import { serverAddress } from '../../team/server-address.ts'
import { createSignIns, ownMachineName, type SignIns } from '../../team/sign-in.ts'
import type { Config } from '../../config/config.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { say } from '../cli/io.ts'
import { plain } from '../cli/plain-client.ts'
import { askCode } from '../connect/connect-questions.ts'
import type { LOGIN, LOGOUT, USE_SERVER } from '../team-commands.ts'

interface Team {
  readonly config: Config
  readonly book: ServerBook
  readonly signIns: SignIns
}

function withTeam(call: CommandCall<'log'>, work: (team: Team) => Promise<void>): Promise<void> {
  const config = call.config()
  const { dataDir, network } = config
  const { keychain } = call.io
  return call.open(config, (log) => {
    const book = createServerBook({
      dataDir,
      secrets: createSecrets({ dataDir, log, ...(keychain && { keychain }) }),
    })
    return work({ config, book, signIns: createSignIns({ book, proxies: network }) })
  })
}

const INTERRUPTED = ['Interrupted.', 'This machine is not signed in.'] as const

/** Before a person is asked for the code it is known that a server of ours answers. */
export async function login(call: CommandCall<'log', typeof LOGIN>): Promise<void> {
  const { io, options, print } = call
  const { url, code: linked } = serverAddress(options.url)
  const caFile = options.ca === undefined ? null : path.resolve(io.cwd, options.ca)
  const machine = options.name ?? ownMachineName()
  await withTeam(call, async ({ config, signIns }) => {
    const { host } = new URL(url)
    const { name } = await orCancelled(signIns.greet({ url, caFile }, io.signal), io.signal, ...INTERRUPTED)
    const code =
      options.code ?? linked ?? (await askCode(io, plain(name) || host, options.codeStdin === true))
    const signedIn = signIns.signIn({ url, caFile, machine }, codeIn(code), io.signal)
    const { server, clockAheadMs } = await orCancelled(signedIn, io.signal, ...INTERRUPTED)
    const notice = clockNotice(host, clockAheadMs)
    if (notice !== null) say(io, notice)
    print(serverDocument(server, null), signedInText(plain(server), config.zone))
  })
}

/** A person pastes the code, or the link that has it. */
function codeIn(typed: string): string {
  const text = typed.trim()
  return text.includes('#') ? (serverAddress(text).code ?? text) : text
}

function signedInText(server: KeptServer, zone: string): string {
  const { host } = new URL(server.url)
  return [
    `Signed in to ${server.name} (${server.url}) as ${server.machine}, with the scope ${server.scope}, until ${wallTime(server.expiresMs, zone)}; each day of use makes it longer.`,
    `Call commands with --server ${host}, or have them go there: jira-tpm servers use ${host}`,
  ].join('\n')
}

export async function logout(call: CommandCall<'log', typeof LOGOUT>): Promise<void> {
  const { io, options, print } = call
  await withTeam(call, async ({ book, signIns }) => {
    const server = options.server === undefined ? onlyServer(book.read()) : book.find(options.server)
    const { notEnded } = await signIns.signOut(server, io.signal)
    const ended = notEnded === null
    if (!ended) sayNotEnded(call, server, notEnded)
    print(
      { server: server.url, endedAtServer: ended },
      `Signed out of ${plain(server.name)} (${server.url}).`,
    )
  })
}

function sayNotEnded({ io }: CommandCall<'log'>, { id }: KeptServer, error: unknown): void {
  const why = error instanceof AppError ? ` ${errorText(error)}` : ''
  say(
    io,
    `The server was not told: there the sign-in is good until it expires, or who runs it revokes ${id}.${why}`,
  )
}

/** Where none is named. Throws `usage` where several may be meant. */
function onlyServer({ chosen, servers }: KeptServers): KeptServer {
  const found = servers.find(({ url }) => url === chosen) ?? (servers.length === 1 ? servers[0] : undefined)
  if (found !== undefined) return found
  if (servers.length === 0) throw nothingChanged('not-found', 'This machine is signed in to no server.')
  throw nothingChanged(
    'usage',
    'This machine is signed in to several servers, and uses none of them.',
    `Name the one that is meant: ${servers.map(({ url }) => url).join(', ')}.`,
  )
}

export async function listServers(call: CommandCall<'log'>): Promise<void> {
  const { io, print } = call
  await withTeam(call, async ({ config, book }) => {
    const { chosen, servers } = book.read()
    const { lines } = textTable(
      plain(servers),
      columnsIn(config.zone, chosen),
      io.stdoutIsTTY ? io.columns : null,
    )
    const text =
      servers.length === 0
        ? 'This machine is signed in to no server: commands use its own store. jira-tpm login URL signs in.'
        : [
            ...lines,
            chosen === null ? 'Commands use this machine’s own store.' : `Commands go to ${chosen}.`,
          ].join('\n')
    print({ chosen, servers: servers.map((server) => serverDocument(server, chosen)) }, text)
  })
}

function columnsIn(zone: string, chosen: string | null): readonly TableColumn<KeptServer>[] {
  return [
    { title: 'server', of: ({ url }) => url },
    { title: 'name', giveUp: 1, of: ({ name }) => name },
    { title: 'scope', of: ({ scope }) => scope },
    { title: 'used', of: ({ url }) => (url === chosen ? 'yes' : '') },
    {
      title: 'signed in until',
      giveUp: 2,
      of: ({ expiresMs }) => (expiresMs <= machineClock.now() ? 'expired' : wallTime(expiresMs, zone)),
    },
    { title: 'as', giveUp: 3, of: ({ machine }) => machine },
  ]
}

function serverDocument({ url, name, scope, machine, id, expiresMs }: KeptServer, chosen: string | null) {
  return { url, name, scope, machine, id, expires: isoInstant(expiresMs), used: url === chosen }
}

export async function useServer(call: CommandCall<'log', typeof USE_SERVER>): Promise<void> {
  const { options, print } = call
  await withTeam(call, async ({ book }) => {
    const url = options.which === LOCAL ? null : book.find(options.which).url
    await book.choose(url)
    const text =
      url === null
        ? 'Commands use this machine’s own store from now on.'
        : `Commands go to ${url} from now on.`
    print({ chosen: url }, text)
  })
}
