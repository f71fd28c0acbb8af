const HIDDEN = '(hidden)'

/**
 * Makes the function that takes secrets out of a text that came from outside, cut to a length that a person reads.
 * A server, or a proxy before it, may echo the request that it refuses, credentials and all, in any case of letters.
 */
export function createRedactor(secrets: readonly string[], maxLength = 300): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))
  forms.delete('')
  // The longest first: a secret may be part of another.
  const patterns = [...forms]
    .toSorted((a, b) => b.length - a.length)
    .map((form) => new RegExp(form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), 'gi'))
  return (text) => {
    const clean = patterns
      .reduce((rest, pattern) => rest.replace(pattern, HIDDEN), text)
      .replaceAll(/\s+/g, ' ')
    return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean
  }
}
