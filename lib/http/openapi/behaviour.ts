import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { besideCode } from './files.ts'

/** Tag → the file of docs/behaviour with what its routes do where the field documents leave it open. */
export const behaviourFiles: Record<string, string> = {
  'Events and tokens': 'events-and-tokens.md',
  People: 'people.md',
  Sessions: 'sessions.md',
  Rooms: 'rooms.md',
  Attendees: 'attendees.md',
  Door: 'door.md',
  Conflicts: 'conflicts.md',
  Pictures: 'pictures.md',
  'Event schedules': 'schedules.md',
  Networking: 'networking.md',
  Profiles: 'profiles.md',
  Changes: 'changes.md',
  Webhooks: 'webhooks.md',
  Exports: 'exports.md',
  Programme: 'programme.md',
  Console: 'console.md',
}

/** The decisions of a tag as Markdown, or nothing. */
export function behaviourOf(tag: string): string {
  const file = Object.hasOwn(behaviourFiles, tag) ? behaviourFiles[tag] : undefined
  return file === undefined ? '' : textUnderTitle(file)
}

/** What holds for every route. */
export const behaviourOfAll = (): string => textUnderTitle('requests.md')

function textUnderTitle(file: string): string {
  const text = readFileSync(join(besideCode('behaviour', 'docs/behaviour'), file), 'utf8')
  return text.replace(/^# .*\n/, '').trim()
}
