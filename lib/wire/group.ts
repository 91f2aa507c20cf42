import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, colour, email, pathName, plainText } from '#lib/base/text.ts'
import type { CountedGroup, Group } from '#lib/model/group.ts'
import { externalIdsField, externalIdsSchema, ignored, reference, stampsSchema } from './fields.ts'
import { type Presentation, printExternalIds, printedId, printStamps } from './presentation.ts'

/** Who comes into a group by a batch. */
export const MemberRow = v.strictObject({
  member_id: blankAsAbsent(reference),
  member_email: blankAsAbsent(email),
  external_ids: externalIdsField,
})

const member = v.pipe(
  v.strictObject({ member_id: blankAsAbsent(reference), member_email: blankAsAbsent(email) }),
  v.check(
    ({ member_id, member_email }) => !!(member_id || member_email),
    'Expected member_id or member_email.',
  ),
)

const shared = {
  group_id: v.nullish(v.string()),
  external_ids: externalIdsField,
  group_type: ignored,
  group_name: pathName(limits.nameLength.value),
  group_color: blankAsAbsent(colour),
  group_note: blankAsAbsent(plainText(limits.noteLength.value)),
  member_number: ignored,
  timestamps: ignored,
}

/** What POST takes. */
export const NewGroupBody = v.strictObject({
  ...shared,
  group_members: v.nullish(
    v.pipe(
      v.array(member),
      v.maxLength(limits.groupMembers.value, `At most ${limits.groupMembers.value} members.`),
    ),
  ),
})
/** What PUT takes, and PATCH after merging: members have routes of their own. */
export const GroupBody = v.strictObject(shared)
export type NewGroupBody = v.InferOutput<typeof NewGroupBody>
export type GroupBody = v.InferOutput<typeof GroupBody>

export const GroupAnswer = v.object({
  group_id: v.string(),
  external_ids: externalIdsSchema,
  group_type: v.string(),
  group_name: v.string(),
  group_color: v.string(),
  group_note: v.string(),
  member_number: v.number(),
  timestamps: stampsSchema,
})

const defaultColor = '#78909C'

export const groupFields = (body: GroupBody) => ({
  name: body.group_name,
  color: body.group_color ?? defaultColor,
  note: body.group_note ?? '',
  externalIds: body.external_ids ?? undefined,
})

export const groupPatchTarget = (group: Group) => ({
  group_name: group.name,
  group_color: group.color,
  group_note: group.note,
})

export const printGroup = (view: Presentation, { group, members }: CountedGroup) => ({
  group_id: printedId(view, group),
  external_ids: printExternalIds(group.id, group.externalIds),
  group_type: group.type,
  ...groupPatchTarget(group),
  member_number: members,
  timestamps: printStamps(view, group),
})
