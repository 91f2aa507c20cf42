import { accessKeys } from './keys-access.ts'
import { doorKeys } from './keys-door.ts'
import { eventKeys } from './keys-events.ts'
import { peopleKeys } from './keys-people.ts'
import { scheduleKeys } from './keys-schedules.ts'
import { sessionKeys } from './keys-sessions.ts'
import { togetherKeys } from './keys-together.ts'
import { workKeys } from './keys-work.ts'

export type { Key } from './keys-form.ts'

/** Every key of the table, as docs/data.md lists them; each subject has its own file in `keys-….ts`. */
export const keys = {
  ...accessKeys,
  ...eventKeys,
  ...peopleKeys,
  ...sessionKeys,
  ...togetherKeys,
  ...scheduleKeys,
  ...doorKeys,
  ...workKeys,
}
