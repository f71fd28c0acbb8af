/**
 * Whether a value is watched where nobody chose: High and Highest, and what Jira makes of them when it moves projects,
 * "High (migrated)" and "High (migrated 2)".
 */
export function isUsuallyWatched(name: string): boolean {
  return /^(highest|high)(\s*\(migrated[^)]*\))?$/i.test(name.trim())
}

/** Names of urgent values on sites of the languages that Jira comes in most, without accents. */
const URGENT =
  /(^|[^\p{L}\p{N}])(high(est)?|critical|blocker|urgent|emergency|immediate|severe|show ?stopper|p[01]|sev[ -]?[01]|hoch|hochste[nrs]?|kritisch|dringend|blockierend|eleve[e]?|haute?|critique|urgente?|bloquant|alt[ao]|critic[ao]|hoog(ste)?|hog(sta)?|высок\p{L}*|критич\p{L}*|срочн\p{L}*)($|[^\p{L}\p{N}])|[高紧緊]急?|높음/u

/** Whether a value sounds urgent, so that a person would wonder why it is not counted. */
export function soundsUrgent(name: string): boolean {
  return URGENT.test(name.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase())
}
