import { expect, test } from 'vitest'
import { looksLikeSeverity } from './watched-step.ts'

test.each([
  'Severity',
  'Bug severity (internal)',
  'SEV',
  'Schweregrad',
  'Gravité',
  'Gravedad',
  'Severidade',
  'Gravità',
  'Ernst',
  'Alvorlighetsgrad',
  'Allvarlighetsgrad',
  'Vakavuus',
  'Závažnost',
  'Dotkliwość',
  'Súlyosság',
  'Önem Derecesi',
  'ŞİDDET',
  'Серьёзность',
  'Критичность',
  'Критичність',
  'Σοβαρότητα',
  '重大度',
  '严重程度',
  '嚴重性',
  '심각도',
  'ความรุนแรง',
  'Mức độ nghiêm trọng',
])('%s is a severity', (name) => expect(looksLikeSeverity(name)).toBe(true))

test.each(['Several', 'Team', 'Environment', 'Kernstatus', 'Component', 'Seven', '', 'Urgency'])(
  '%s is none',
  (name) => expect(looksLikeSeverity(name)).toBe(false),
)
