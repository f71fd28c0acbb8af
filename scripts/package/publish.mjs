/**
 * What electron-builder gets besides electron-builder.yml, out of the environment: addresses, signatures, and whether
 * the program updates itself. A program does so only where its file can be trusted: a signed one, or an AppImage, whose
 * updates are checked against the hash in a list that comes over TLS. Without an address nothing updates itself.
 *
 * | variable | meaning |
 * |---|---|
 * | `JIRA_TPM_PUBLISH_URL` | an https folder with the installers and the `latest*.yml` next to them |
 * | `GITHUB_REPOSITORY` | `owner/name`, as GitHub's workflows have it: its releases, where no folder is named |
 * | `JIRA_TPM_HOMEPAGE`, `JIRA_TPM_MAINTAINER` | what the Linux packages say |
 * | `CSC_LINK`, `CSC_NAME`, `WIN_CSC_LINK` | electron-builder's own: certificates; then a build fails that is not signed |
 * | `APPLE_API_KEY`, `APPLE_API_KEY_ID`, `APPLE_API_ISSUER` | notarisation, all three |
 *
 * Throws a sentence where what is set cannot be used.
 *
 * @param {{ platform: string, updates: boolean }} build
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function configFrom(build, env) {
  const signed = isSigned(build.platform, env)
  const updates = build.updates && (build.platform === 'linux' || signed)
  const config = { publish: updates ? publishFrom(env) : null }
  if (signed) config.forceCodeSigning = true
  if (build.platform === 'darwin') config.mac = macFrom(signed, env)
  if (env['JIRA_TPM_HOMEPAGE']) config.extraMetadata = { homepage: httpsUrl('JIRA_TPM_HOMEPAGE', env) }
  if (env['JIRA_TPM_MAINTAINER']) config.linux = { maintainer: env['JIRA_TPM_MAINTAINER'] }
  return config
}

function publishFrom(env) {
  if (env['JIRA_TPM_PUBLISH_URL']) {
    return { provider: 'generic', url: httpsUrl('JIRA_TPM_PUBLISH_URL', env) }
  }
  const repository = env['GITHUB_REPOSITORY']
  if (!repository) return null
  const [owner, repo, ...rest] = repository.split('/')
  if (!owner || !repo || rest.length > 0) {
    throw new Error(`GITHUB_REPOSITORY is ${repository}; owner/name is expected. Nothing was built.`)
  }
  return { provider: 'github', owner, repo }
}

function isSigned(platform, env) {
  if (platform === 'darwin') return Boolean(env['CSC_LINK'] || env['CSC_NAME'])
  return platform === 'win32' && Boolean(env['WIN_CSC_LINK'] || env['CSC_LINK'])
}

const APPLE = ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER']

/** Unsigned: the mark that Apple silicon wants on everything, without the runtime that would refuse our own libraries. */
function macFrom(signed, env) {
  const missing = APPLE.filter((name) => !env[name])
  if (missing.length > 0 && missing.length < APPLE.length) {
    throw new Error(`For notarisation ${missing.join(' and ')} must be set too. Nothing was built.`)
  }
  if (!signed && missing.length === 0) {
    throw new Error('Only a signed program can be notarised: CSC_LINK is not set. Nothing was built.')
  }
  return signed
    ? { notarize: missing.length === 0 }
    : { identity: '-', hardenedRuntime: false, notarize: false }
}

function httpsUrl(name, env) {
  const url = URL.parse(env[name])
  if (url?.protocol !== 'https:') {
    throw new Error(`${name} is ${env[name]}; an https address is expected. Nothing was built.`)
  }
  return url.href
}
