import path from 'node:path'
import type { ConfigFile } from './config-schema.ts'
import { SETTINGS, type Flags, type Setting, type SettingName, type Variables } from './settings-table.ts'

/** What was said of a setting, by the strongest that says anything of it. */
export interface Said<V = string> {
  readonly value: V
  /** Who says so, as a sentence begins: `--project`, `JIRA_PROJECT`, `"project" in config.json`. */
  readonly by: string
  /** A wrong flag is a wrong command, all else a wrong set-up. */
  readonly code: 'usage' | 'not-configured'
  /** What a relative path means. */
  readonly folder: string
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

export type Ask = ReturnType<typeof askOf>

/** What flags, else variables, else config.json say of a setting; undefined where none of them does. */
export function askOf({ flags, variables, file, cwd, dataDir }: Sources) {
  return <N extends SettingName>(name: N): Said<ValueOf<N>> | undefined => {
    const { flag, env }: Setting = SETTINGS[name]
    const answers = [
      { value: flag && flags[name as keyof Flags], by: flag?.split(' ')[0], folder: cwd, code: 'usage' },
      { value: env && variables[env as keyof Variables], by: env, folder: cwd, code: 'not-configured' },
      {
        value: file[name as keyof ConfigFile],
        by: `"${name}" in config.json`,
        folder: dataDir,
        code: 'not-configured',
      },
    ]
    return answers.find(({ value }) => value !== undefined) as Said<ValueOf<N>> | undefined
  }
}

/** The flag or the variable that says so of each call; null where it can be changed from within. */
export function fixedBy(said: Said | undefined): string | null {
  return said === undefined || !/^[-A-Z]/.test(said.by) ? null : said.by
}

/** A file as a whole path; null where none was said. */
export function wholePath(said: Said | undefined): string | null {
  return said === undefined ? null : path.resolve(said.folder, said.value)
}
