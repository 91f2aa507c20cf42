import { ApiError } from '#lib/base/errors.ts'
import { shown } from '#lib/base/shown.ts'
import { type RoleId, roleNamed, roles } from '#lib/model/session.ts'

/** The session role of that id or name; `invalid_reference` at `field` says what was sent and what there is. */
export function requireRole(sent: string, field: string): RoleId {
  const role = roleNamed(sent)
  if (role) return role
  const known = roles.map(({ name }) => name).join(' and ')
  const message = `There is no session role “${shown(sent)}”: there are ${known}.`
  throw new ApiError('invalid_reference', { field, message })
}
