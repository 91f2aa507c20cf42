import { free, type Key, ten } from './keys-form.ts'
import type { EventScope, Scope } from './scope.ts'

/** Event schedules, access groups, their users and logs. */
export const scheduleKeys = {
  scheduleByNumber: (s: Scope, id: number): Key => ({ pk: `${s.org}#HI#${id}`, sk: '-' }),
  scheduleByGuid: (s: Scope, guid: string): Key => ({ pk: `${s.org}#HG#${guid}`, sk: '-' }),
  schedule: (s: Pick<EventScope, 'e'>, id: number): Key => ({ pk: `${s.e}#H`, sk: ten(id) }),
  schedules: (s: EventScope) => `${s.e}#H`,
  scheduleCount: (s: EventScope) => `${s.e}#HC`,
  scheduleGroup: (s: EventScope, id: number): Key => ({ pk: `${s.e}#HR`, sk: ten(id) }),
  scheduleGroups: (s: EventScope) => `${s.e}#HR`,
  scheduleGroupCount: (s: EventScope) => `${s.e}#HRC`,
  scheduleAccess: (s: EventScope, key: string): Key => ({ pk: `${s.e}#HA#${free(key)}`, sk: '-' }),
  scheduleUser: (s: EventScope, id: number): Key => ({ pk: `${s.e}#HU`, sk: ten(id) }),
  scheduleUsers: (s: EventScope) => `${s.e}#HU`,
  scheduleUserCount: (s: EventScope) => `${s.e}#HUL`,
  scheduleUserSegments: (s: EventScope) => `${s.e}#HUC`,
  scheduleEmail: (s: EventScope, email: string, group: number): Key => ({
    pk: `${s.e}#HM#${free(email)}`,
    sk: ten(group),
  }),
  scheduleEmails: (s: EventScope, email: string) => `${s.e}#HM#${free(email)}`,
  scheduleLog: (s: EventScope, schedule: number, timeIn: number, id: number): Key => ({
    pk: `${s.e}#HL#${schedule}`,
    sk: `${String(timeIn).padStart(15, '0')}#${ten(id)}`,
  }),
  scheduleLogs: (s: EventScope, schedule: number) => `${s.e}#HL#${schedule}`,
  scheduleLogSegments: (s: EventScope, schedule: number) => `${s.e}#HLC#${schedule}`,
  scheduleStay: (s: EventScope, schedule: number, user: number, day: string): Key => ({
    pk: `${s.e}#HD#${schedule}`,
    sk: `${ten(user)}#${day}`,
  }),
  scheduleStays: (s: EventScope, schedule: number) => `${s.e}#HD#${schedule}`,
  /** Logs with personal values by day and instant of their arrival, over all organisations. */
  scheduleErasure: (day: string, bucket: number, sk: string): Key => ({
    pk: `HX#${day}#${bucket}`,
    sk,
  }),
  scheduleErasures: (day: string, bucket: number) => `HX#${day}#${bucket}`,
  scheduleErasureDay: (day: string): Key => ({ pk: 'HX', sk: day }),
  scheduleErasureDays: () => 'HX',
}
