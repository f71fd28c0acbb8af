import path from 'node:path'
import type { ConfigFile } from './config-file.ts'
import { SETTINGS, type Flags, type Setting, type SettingName, type Variables } from './settings-table.ts'

/** What was found of a setting, in the strongest source that has anything of it. */
export interface FoundSetting<V = string> {
  readonly value: V
  /** As a sentence begins: `--project`, `JIRA_PROJECT`, `"project" in config.json`. */
  readonly source: string
  /** A wrong flag is a wrong command, all else a wrong set-up. */
  readonly code: 'usage' | 'not-configured'
  /** What a relative path means. */
  readonly folder: string
  /** It is of config.json, which can be changed from within. */
  readonly isKept?: true
}

export interface Sources {
  readonly flags: Flags
  readonly variables: Variables
  readonly file: ConfigFile
  readonly cwd: string
  readonly dataDir: string
}

type ValueOf<N extends SettingName> =
  | (N extends keyof Flags ? NonNullable<Flags[N]> : never)
  | ((typeof SETTINGS)[N] extends { readonly env: string } ? string : never)
  | (N extends keyof ConfigFile ? NonNullable<ConfigFile[N]> : never)

export type LookUp = ReturnType<typeof lookUpIn>

/** Looks a setting up in flags, else variables, else config.json; undefined where none of them has it. */
export function lookUpIn({ flags, variables, file, cwd, dataDir }: Sources) {
  return <N extends SettingName>(name: N): FoundSetting<ValueOf<N>> | undefined => {
    const { flag, env }: Setting = SETTINGS[name]
    const answers = [
      { value: flag && flags[name as keyof Flags], source: flag?.split(' ')[0], folder: cwd, code: 'usage' },
      { value: env && variables[env as keyof Variables], source: env, folder: cwd, code: 'not-configured' },
      {
        value: file[name as keyof ConfigFile],
        source: `"${name}" in config.json`,
        folder: dataDir,
        code: 'not-configured',
        isKept: true,
      },
    ]
    return answers.find(({ value }) => value !== undefined) as FoundSetting<ValueOf<N>> | undefined
  }
}

/** The flag or the variable that says so of each call; null where it can be changed from within. */
export function fixedBy(found: FoundSetting | undefined): string | null {
  return found === undefined || found.isKept ? null : found.source
}

/** A file as a whole path; null where there is none. */
export function wholePath(found: FoundSetting | undefined): string | null {
  return found === undefined ? null : path.resolve(found.folder, found.value)
}
