import { lookup } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { PostgresConfig } from '../config/config.ts'
import { NoAnswerError } from '../store/postgres/connection/failure.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import { inTime, type WaitParts } from './in-time.ts'
import { socketFile } from './socket-file.ts'

/** Whether there is such a host at all: its name can be looked up, or its socket is there. */
export async function checkHost(
  config: Pick<PostgresConfig, 'host' | 'port'>,
  patience: WaitParts,
): Promise<Outcome<true>> {
  const { host } = config
  if (host.startsWith('/')) return checkSocket(socketFile(config))
  if (isIP(host) !== 0) return fine(`${host} is an address: there is no name to look up.`, true)
  try {
    const found = await inTime(lookup(host, { all: true }), patience)
    return fine(`${host} is ${found.map(({ address }) => address).join(', ')}.`, true)
  } catch (error) {
    const reason = error instanceof NoAnswerError ? 'nobody answers' : (error as NodeJS.ErrnoException).code
    return failed(lookupProblem(host, reason ?? ''))
  }
}

function lookupProblem(host: string, reason: string): { message: string; hint: string } {
  return reason === 'ENOTFOUND'
    ? {
        message: `The name ${host} is not known.`,
        hint: 'Check its spelling. A name of a company’s own network is known only there: connect to its VPN.',
      }
    : {
        message: `The name ${host} cannot be looked up now (${reason}).`,
        hint: 'Check the network, and its name server.',
      }
}

async function checkSocket(file: string): Promise<Outcome<true>> {
  try {
    if ((await stat(file)).isSocket()) return fine(`${file} is a socket on this machine.`, true)
    return failed({ message: `${file} is no socket.`, hint: NO_SOCKET })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? failed({ message: `There is no socket ${file}.`, hint: NO_SOCKET })
      : failed({
          message: `The socket ${file} cannot be looked at (${code}).`,
          hint: 'Check who may use its folder.',
        })
  }
}

const NO_SOCKET =
  'Start PostgreSQL on this machine, and give the folder of its unix_socket_directories and its port (SHOW unix_socket_directories; SHOW port;).'
