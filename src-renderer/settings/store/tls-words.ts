import type { PostgresDraft } from '../../../src-shared/contract/settings-models.ts'

type TlsMode = PostgresDraft['tls']

/** How a connection can be encrypted, the safest first. */
export const tlsNames: Record<TlsMode, string> = {
  'verify-full': 'Encrypted, to this server only',
  'verify-ca': 'Encrypted, to a server of a known authority',
  require: 'Encrypted, to whoever answers',
  disable: 'Not encrypted',
}

/** What that means for who could listen. */
export function tlsWords(mode: TlsMode): string {
  return {
    'verify-full': 'The server’s certificate must be valid for its name.',
    'verify-ca': 'The certificate must be signed by an authority that is believed; its name may be another.',
    require:
      'Nobody can listen, but nothing proves that it is your server: its certificate is not looked at.',
    disable: 'Whoever is in between can read everything. For this computer, or a network that you trust.',
  }[mode]
}
