import { argument, defineCommand, flag, option, type CommandValue } from './cli/define-command.ts'

export const LOGIN = {
  url: argument('<url>', 'where the server is, as https://tpm.example.com; or the link with a one-time code'),
  code: option('<code>', 'the one-time code; else it is asked for, unseen'),
  codeStdin: flag('read the code from stdin instead of asking for it'),
  ca: option('<file>', "a PEM file of certificates to believe besides the system's own"),
  name: option('<machine>', 'what this machine is called there (default: its own name)'),
}

export const LOGOUT = {
  server: argument('[server]', 'which one (default: the one that is used, or the only one)'),
}

export const USE_SERVER = {
  which: argument('<server>', 'its name or URL; local: this machine’s own store'),
}

export const TEAM_COMMANDS: readonly CommandValue[] = [
  defineCommand({
    name: 'login',
    group: 'Set up',
    summary: 'signs this machine in to a team server, with a one-time code; the token goes into the keychain',
    options: LOGIN,
    notes: [
      'Who runs the server makes the code, for reading, for runs or for everything. The sign-in lasts 90 days from its last use.',
      'Where there is no keychain no code is spent: a program sets JIRA_TPM_SERVER to the address and JIRA_TPM_SERVER_TOKEN to a token instead, which jira-tpm token create makes where the server runs, for up to 24 hours.',
    ],
    needs: 'log',
    run: async () => (await import('./team/sign-in.ts')).login,
  }),
  defineCommand({
    name: 'logout',
    group: 'Set up',
    summary: 'ends this machine’s sign-in at a team server, there and here',
    options: LOGOUT,
    needs: 'log',
    run: async () => (await import('./team/sign-in.ts')).logout,
  }),
  {
    name: 'servers',
    group: 'Set up',
    summary: 'the team servers that this machine is signed in to, and which one commands go to',
    commands: [
      defineCommand({
        name: 'list',
        summary: 'lists them',
        isDefault: true,
        needs: 'log',
        run: async () => (await import('./team/sign-in.ts')).listServers,
      }),
      defineCommand({
        name: 'use',
        summary: 'has commands go to a server from now on, or with local stay on this machine',
        options: USE_SERVER,
        needs: 'log',
        run: async () => (await import('./team/sign-in.ts')).useServer,
      }),
    ],
  },
]
