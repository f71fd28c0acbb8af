/**
 * Severity in the languages that Jira comes in, and a few more: as a whole name or a part of it, in lower case and
 * without accents, as `plain` writes them.
 */
const SEVERITY_NAMES = [
  'severi', // severity, severidad, severidade, severita, severitate
  'schwere', // Schweregrad
  'gravit', // gravite, gravita
  'graveda', // gravedad
  'gravidad', // gravidade
  'criticality',
  'criticite',
  'criticidad',
  'criticidade',
  'kritikalitat',
  'criticita',
  'alvorlig', // Danish, Norwegian
  'allvarlig', // Swedish
  'vakavuus',
  'zavaznost', // Czech, Slovak
  'dotkliwosc',
  'krytycznosc',
  'sulyossag',
  'onem derecesi',
  'siddet',
  'серьезност',
  'критичност',
  'серйозніст',
  'критичніст',
  'σοβαροτητα',
  'חומרה',
  'خطورة',
  'nghiem trong',
  'ความรนแรง',
  '重大度',
  '深刻度',
  '严重',
  '嚴重',
  '심각도',
].map(plain)

/** Whether a field's name looks like a severity's, in any of several languages. */
export function looksLikeSeverity(name: string): boolean {
  const text = plain(name)
  return SEVERITY_NAMES.some((word) => text.includes(word)) || /\b(sev|ernst)\b/.test(text) // Ernst is Dutch
}

/** Lower case, accents and other combining marks taken off; `ё` is `е`, dotless `ı` is `i`. */
function plain(text: string): string {
  return text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(/ı/g, 'i').normalize('NFC')
}
