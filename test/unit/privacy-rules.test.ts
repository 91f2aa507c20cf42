import { describe, expect, test } from 'vitest'
import {
  type ConnectionStatus,
  mayRequestMeeting,
  maySee,
  privacyDefaults,
  profileView,
  type Reader,
  type Settings,
} from '#lib/model/privacy.ts'

const readers: [string, Reader, ConnectionStatus][] = [
  ['the owner', { person: 'ann', organiser: false }, 'NONE'],
  ['an organiser', { organiser: true }, 'NONE'],
  ['an organiser who was rejected', { person: 'bob', organiser: true }, 'REJECT'],
  ['a stranger', { person: 'bob', organiser: false }, 'NONE'],
  ['who asked to connect', { person: 'bob', organiser: false }, 'PENDING'],
  ['a connection', { person: 'bob', organiser: false }, 'ACCEPT'],
  ['who was rejected', { person: 'bob', organiser: false }, 'REJECT'],
]
const open: Settings = { showContactInfo: true }
const owners: [string, Settings][] = [
  ['all open', open],
  ['never chose', {}],
  ['showProfile off', { ...open, showProfile: false }],
  ['exposeProfileToOtherUser off', { ...open, exposeProfileToOtherUser: false }],
  ['showContactInfo off', { ...open, showContactInfo: false }],
  ['meetings MY_CONNECTION', { ...open, acceptMeetingRequests: 'MY_CONNECTION' }],
  ['meetings NO_ONE', { ...open, acceptMeetingRequests: 'NO_ONE' }],
]

/** c contact, a availability, p preferences, r who rejected; `404` for a hidden profile. */
function cell(reader: Reader, settings: Settings, connection: ConnectionStatus): string {
  const view = profileView(reader, { id: 'ann', settings }, connection)
  if (view === 'hidden') return '404'
  const fields = [
    ['email', 'c'],
    ['rules', 'a'],
    ['emailNotification', 'p'],
    ['rejectedBy', 'r'],
  ] as const
  return fields.map(([field, letter]) => (maySee(view, field) ? letter : '-')).join('')
}

describe('a profile', () => {
  test('is shown to each reader as its owner chose', () => {
    const table = owners.map(([owner, settings]) =>
      [
        owner.padEnd(28),
        ...readers.map(([, reader, state]) => cell(reader, settings, state).padEnd(4)),
      ].join(' '),
    )
    expect(readers.map(([name]) => name)).toEqual([
      'the owner',
      'an organiser',
      'an organiser who was rejected',
      'a stranger',
      'who asked to connect',
      'a connection',
      'who was rejected',
    ])
    expect(table.map((row) => row.trim())).toEqual([
      'all open                     cap- cap- capr ca-- ca-- ca-- ca-r',
      'never chose                  cap- cap- capr ca-- ca-- ca-- ca-r',
      'showProfile off              cap- cap- capr 404  404  404  404',
      'exposeProfileToOtherUser off cap- cap- capr 404  404  404  404',
      'showContactInfo off          cap- cap- capr -a-- -a-- -a-- -a-r',
      'meetings MY_CONNECTION       cap- cap- capr c--- c--- ca-- c--r',
      'meetings NO_ONE              cap- cap- capr c--- c--- c--- c--r',
    ])
  })

  test('hides e-mail and all social links together', () => {
    const view = profileView(
      { person: 'bob', organiser: false },
      { id: 'ann', settings: { showContactInfo: false } },
      'NONE',
    )
    if (view === 'hidden') throw new Error('seen')
    const names = [
      'firstName',
      'email',
      'instagram',
      'facebook',
      'twitter',
      'linkedIn',
      'interests',
    ]
    expect(names.filter((name) => maySee(view, name))).toEqual(['firstName', 'interests'])
    expect(maySee(view, 'constructor')).toBe(true)
  })

  test('takes meeting requests from those its owner named', () => {
    const may = (acceptMeetingRequests: Settings['acceptMeetingRequests']) =>
      [false, true].map((connected) => mayRequestMeeting({ acceptMeetingRequests }, connected))
    expect(may('EVERY_ONE')).toEqual([true, true])
    expect(may('MY_CONNECTION')).toEqual([false, true])
    expect(may('NO_ONE')).toEqual([false, false])
    expect(may(undefined)).toEqual([true, true])
    expect(privacyDefaults.acceptMeetingRequests).toBe('EVERY_ONE')
  })
})
