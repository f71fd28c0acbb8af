/** What is installed with the command line, of package.json's dependencies. */
const INSTALLED = ['better-sqlite3', 'keytar']

/** What draws pictures is 32 MB, and a server draws none: those who want them install it. */
const ON_WISH = ['@napi-rs/canvas']

/**
 * The manifest of the npm package, out of package.json: the same name and version, one command, and only packages with
 * native parts.
 *
 * @param {Record<string, any>} project package.json
 * @param {Readonly<Record<string, string | undefined>>} env `JIRA_TPM_HOMEPAGE`, and `GITHUB_REPOSITORY`, without which npm
 * takes no statement of where it was built
 */
export function npmManifest(project, env) {
  const { JIRA_TPM_HOMEPAGE: homepage, GITHUB_REPOSITORY: repository } = env
  const { name, version, description, license, author, type, dependencies } = project
  return {
    name,
    version,
    description,
    keywords: ['jira', 'tickets', 'incidents', 'chart', 'rehearsal'],
    ...(homepage ? { homepage } : {}),
    ...(repository ? { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } } : {}),
    license,
    author,
    type,
    bin: { 'jira-tpm': 'bin/jira-tpm.mjs' },
    engines: { node: '>=22.20.0' },
    dependencies: only(INSTALLED, dependencies),
    bundleDependencies: ['better-sqlite3'],
    peerDependencies: only(ON_WISH, dependencies),
    peerDependenciesMeta: Object.fromEntries(ON_WISH.map((wanted) => [wanted, { optional: true }])),
  }
}

/**
 * better-sqlite3's manifest, for the copy that is inside the package: it has the binaries of every platform and nothing
 * to compile, so it needs nothing to compile with. As a plain dependency it brings 11 MB of sources; `npm ci` would run
 * node-gyp for them, and fail on a machine without Python (npm keeps no `gypfile: false` in a lock file).
 *
 * @param {Record<string, any>} manifest
 */
export function prunedSqliteManifest({
  name,
  version,
  description,
  author,
  license,
  repository,
  main,
  exports,
  engines,
}) {
  return { name, version, description, author, license, repository, main, exports, engines }
}

function only(names, dependencies) {
  return Object.fromEntries(
    names.map((name) => {
      if (!dependencies[name]) throw new Error(`package.json has no dependency ${name}`)
      return [name, dependencies[name]]
    }),
  )
}
