import { Type, type Static } from 'typebox'
import { choice, EpochMs, failure, method, Nothing, nullable, params, SCOPES, text } from './schema.ts'

/** A team server that this machine is signed in to. */
const TeamServer = Type.Object({
  url: Type.String(),
  name: Type.String({ description: 'What its people call it.' }),
  machine: Type.String({ description: 'What this machine is called there.' }),
  scope: Type.Enum(SCOPES),
  expiresMs: EpochMs,
})
export type TeamServer = Static<typeof TeamServer>

/** Where this window works, and where it could. */
export const TeamServers = Type.Object({
  current: nullable(Type.String(), 'The address of the server that it works on; null: this computer.'),
  state: choice(['connecting', 'connected', 'lost', 'signed-out', 'outdated']),
  fault: nullable(Type.Object(failure), 'Why it is not connected.'),
  asOfMs: nullable(EpochMs, 'Of when is what is shown while it is not connected, by this machine’s clock.'),
  notice: nullable(Type.String(), 'What a person should know of a server that works: its clock.'),
  machine: Type.String({ description: 'What this machine is called where nobody says it.' }),
  servers: Type.Array(TeamServer),
})
export type TeamServers = Static<typeof TeamServers>

/**
 * What a desktop window asks of its own program, whichever core it speaks to. Nothing of it is asked of a server, and no token comes
 * out of it.
 */
export const desktopMethods = {
  'servers.get': method({
    scope: 'admin',
    summary: 'The team servers',
    description: 'Those that this machine is signed in to, and how the connection stands.',
    params: Nothing,
    result: TeamServers,
  }),
  'servers.signIn': method({
    scope: 'admin',
    summary: 'Sign in to a team server',
    description: 'Trades a one-time code for a token, keeps that, and goes over to the server.',
    params: params({
      address: text(2_048, 'Its address, or a link of `jira-tpm token link`, which has the code in it.'),
      code: nullable(text(256), 'Null: it is in the link.'),
      machine: text(64),
      caFile: nullable(text(4_096)),
    }),
    result: TeamServers,
  }),
  'servers.use': method({
    scope: 'admin',
    summary: 'Work on a server, or on this computer',
    description:
      'Goes over to it, and begins there with the next start. `busy` while a run of this computer is under way.',
    params: params({ url: nullable(text(2_048)) }),
    result: TeamServers,
  }),
  'servers.signOut': method({
    scope: 'admin',
    summary: 'Sign out of a team server',
    description:
      'Ends the token and forgets the server and what was kept of it. `notEnded`: why the server does not know.',
    params: params({ url: text(2_048) }),
    result: Type.Object({ ...TeamServers.properties, notEnded: nullable(Type.Object(failure)) }),
  }),
  'servers.retry': method({
    scope: 'admin',
    summary: 'Try the connection now',
    description: 'Where it waits for its next try.',
    params: Nothing,
    result: TeamServers,
  }),
  'servers.chooseCaFile': method({
    scope: 'admin',
    summary: 'Choose a file of certificates',
    description: 'Asks the person for it.',
    params: Nothing,
    result: Type.Object({ file: nullable(Type.String()) }),
  }),
}

export type DesktopMethod = keyof typeof desktopMethods
export type DesktopParams<M extends DesktopMethod> = Static<(typeof desktopMethods)[M]['params']>
export type DesktopResult<M extends DesktopMethod> = Static<(typeof desktopMethods)[M]['result']>
export const DESKTOP_METHOD_NAMES = Object.keys(desktopMethods) as DesktopMethod[]

export type DesktopHandlers = {
  [M in DesktopMethod]: (params: DesktopParams<M>, signal?: AbortSignal) => Promise<DesktopResult<M>>
}
