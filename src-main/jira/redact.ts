const HIDDEN = '(hidden)'

/**
 * Makes the function that takes secrets out of a text that came from outside, cut to a length that a person reads.
 * A server, or a proxy before it, may echo the request that it refuses, credentials and all.
 */
export function createRedactor(secrets: readonly string[], maxLength = 300): (text: string) => string {
  const wanted = secrets.filter((secret) => secret !== '')
  return (text) => {
    const clean = wanted
      .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
      .replaceAll(/\s+/g, ' ')
    return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean
  }
}
