import type { AccessGroup, GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { changedFields, type Told } from '#lib/model/telling.ts'
import { scheduleId } from '#lib/store/deletions.ts'
import { imagesOf, type RowChange } from './record.ts'

// Schedules, their groups, users and logs have integer ids, and most of them no version.

export function tellSchedule(change: RowChange): Told[] {
  const { before, after } = imagesOf<Schedule>(change)
  const { id, vr } = (after ?? before) as Schedule
  const of = { object: 'schedule', objectId: String(id), version: vr, note: {} }
  if (!after) return [{ ...of, type: 'schedule.deleted', changed: [], deletion: scheduleId(id) }]
  if (!before) return [{ ...of, type: 'schedule.created', changed: [] }]
  const changed = changedFields({}, before, after, '')
  return changed.length > 0 ? [{ ...of, type: 'schedule.updated', changed }] : []
}

export function tellAccessGroup(change: RowChange): Told[] {
  const { before, after } = imagesOf<AccessGroup>(change)
  if (before || !after) return []
  const of = { object: 'schedule_group', objectId: String(after.id), version: 1, note: {} }
  return [{ ...of, type: 'schedule_group.created', changed: [] }]
}

export function tellGroupUser(change: RowChange): Told[] {
  const { before, after } = imagesOf<GroupUser>(change)
  if (!after) return []
  const of = {
    object: 'schedule_user',
    objectId: String(after.id),
    version: 1,
    note: { schedule_group_id: after.group },
  }
  if (!before) return [{ ...of, type: 'schedule_user.invited', changed: [] }]
  const changed = changedFields({ silent: ['accessToken', 'erased'] }, before, after, '')
  return changed.length > 0 ? [{ ...of, type: 'schedule_user.updated', changed }] : []
}

export function tellLog(change: RowChange): Told[] {
  const { before, after } = imagesOf<UsageLog>(change)
  if (before || !after) return []
  const schedule = Number(change.pk.slice(change.pk.lastIndexOf('#') + 1))
  return [
    {
      type: 'usage_log.added',
      object: 'usage_log',
      objectId: String(after.id),
      version: 1,
      changed: [],
      note: { schedule_id: schedule, schedule_user_id: after.user },
    },
  ]
}
