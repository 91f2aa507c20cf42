import type { EventCall } from '#lib/http/route.ts'
import { mayDo } from '#lib/model/roles.ts'
import type { Reader } from '#lib/wire/schedule.ts'

/** For whom a call's answer is printed: access keys are shown to those who may make them. */
export const readerOf = ({ event, token }: Pick<EventCall, 'event' | 'token'>): Reader => ({
  event,
  keys: mayDo(token, 'event:write'),
})
