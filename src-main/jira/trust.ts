import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * Whom we believe a certificate of: Node's own authorities, the system's, and those of a PEM file where one is given.
 * Made once for all connections, since reading hundreds of certificates takes 10 ms. Throws `not-configured` where the
 * file is none of certificates.
 */
export function createTrust(caFile: string | null): SecureContext {
  const ours = caFile === null ? [] : readAuthorities(caFile)
  const ca = new Set([...getCACertificates('default'), ...getCACertificates('system'), ...ours])
  // A company may hand out its intermediate authority alone, or a server's own certificate: naming it is enough.
  return createSecureContext({ ca: [...ca], allowPartialTrustChain: ours.length > 0 })
}

const PEM_BLOCK = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g

function readAuthorities(caFile: string): string[] {
  const blocks = readText(caFile).match(PEM_BLOCK) ?? []
  if (blocks.length === 0) {
    throw wrongFile(
      caFile,
      'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)',
      'Save the authority’s certificate as PEM, also called Base64 or .crt, and name that file.',
    )
  }
  for (const [i, block] of blocks.entries()) {
    if (!isCertificate(block))
      throw wrongFile(caFile, `holds a certificate that cannot be read (number ${i + 1})`, 'Save it anew.')
  }
  return blocks
}

/** All authorities that systems come with take a quarter of a MiB. */
const MAX_BYTES = 4 * 2 ** 20

function readText(caFile: string): string {
  let problem: string
  try {
    // To open a pipe would hold the whole process until somebody writes into it.
    const stats = statSync(caFile)
    if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(caFile, 'utf8')
    problem = stats.isFile() ? `has more than ${MAX_BYTES / 2 ** 20} MiB` : 'is no plain file'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    problem = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
  }
  throw wrongFile(caFile, problem, 'Check the path of the CA file.')
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

function wrongFile(caFile: string, problem: string, hint: string): AppError {
  return new AppError('not-configured', `The CA file ${caFile} ${problem}. Nothing was sent.`, { hint })
}
