/**
 * The `control` file of a Debian package (https://www.debian.org/doc/debian-policy/ch-controlfields.html). Throws where
 * a value has a line of its own in it, which would be another field.
 *
 * @param {Record<string, string | string[]>} options fpm's
 * @param {number} sizeKib
 */
export function controlOf(options, sizeKib) {
  const fields = {
    Package: options.name,
    Version: options.version,
    Architecture: options.architecture,
    Maintainer: options.maintainer,
    'Installed-Size': String(sizeKib),
    Depends: options.depends.join(', '),
    Recommends: options.recommends.join(', '),
    Section: options.category ?? 'misc',
    Priority: options['deb-priority'] ?? 'optional',
    Homepage: options.url ?? '',
  }
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => {
      if (!value || value.includes('\n')) throw new Error(`${name} cannot be ${JSON.stringify(value)}`)
      return `${name}: ${value}`
    })
  return [...lines, `Description: ${descriptionOf(options.description ?? options.name)}`, ''].join('\n')
}

/** The first line is the synopsis; the others are set in by a space, and an empty one is a dot. */
function descriptionOf(text) {
  const [synopsis, ...rest] = text.trim().split('\n')
  return [synopsis.trim(), ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n')
}
