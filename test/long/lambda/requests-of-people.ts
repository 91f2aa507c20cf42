import type { Recorded } from './requests.ts'

const e = '/events/{event}'
const p = `${e}/people`
const s = `${e}/sessions`

/** Those to people and sessions, the largest. */
export const requestsOfPeople: Record<string, Recorded[]> = {
  people: [
    ['op', 'GET', p, 200],
    ['op', 'GET', `${p}/resources`, 200],
    [
      'op',
      'POST',
      `${p}/resources`,
      200,
      { person: { profile: { first_name: 'Eve' } } },
      ['eve', 'person_id'],
    ],
    ['op', 'POST', `${p}/resources`, 400, { person: { profile: {} } }],
    ['op', 'GET', `${p}/resources/{eve}`, 200],
    ['op', 'PATCH', `${p}/resources/{eve}`, 200, { profile: { company: 'One' } }],
    ['op', 'PATCH', `${p}/resources/{eve}`, 400, { upload_picture: { url: 'data:', trim: '' } }],
    ['op', 'GET', `${p}/resources?emails=nobody@example.com`, 200],
    ['op', 'POST', `${p}/groups`, 200, { group: { group_name: 'Crew' } }, ['crew', 'group_id']],
    ['op', 'POST', `${p}/resources/{eve}/groups/Crew`, 200],
    ['op', 'GET', `${p}/groups/{crew}/members`, 200],
    ['op', 'GET', `${p}/resources?groups=Crew`, 200],
    ['op', 'GET', `${p}/resources/{eve}/sessions`, 200],
    [
      'op',
      'POST',
      `${p}/custom_fields`,
      200,
      { custom_field: { field_name: 'Size' } },
      ['size', 'custom_field_id'],
    ],
    ['op', 'GET', `${p}/custom_fields`, 200],
    ['op', 'DELETE', `${p}/custom_fields/{size}`, 200],
    ['op', 'GET', `${p}/resources/{eve}/export`, 200],
    ['op', 'DELETE', `${p}/groups/{crew}`, 200],
    ['op', 'DELETE', `${p}/resources/{eve}?erase=true`, 200],
    ['op', 'GET', `${p}/resources/{eve}`, 404],
  ],
  sessions: [
    ['op', 'GET', s, 200],
    ['op', 'GET', `${s}/resources`, 200],
    [
      'op',
      'POST',
      `${s}/resources`,
      200,
      {
        session: {
          session_name: 'One',
          session_date: '2027-05-04',
          session_start_time: '13-00',
          session_end_time: '14-00',
        },
      },
      ['one', 'session_id'],
    ],
    ['op', 'POST', `${s}/resources`, 400, { session: { session_name: 'One' } }],
    ['op', 'GET', `${s}/resources/{one}`, 200],
    [
      'op',
      'PATCH',
      `${s}/resources/{one}`,
      200,
      { session: { session_description: '<p>Hall 1</p>' } },
    ],
    ['op', 'POST', `${s}/resources/{one}/attendees/{bob}`, 200],
    ['op', 'POST', `${s}/resources/{one}/attendees/{bob}`, 409],
    ['op', 'GET', `${s}/resources/{one}/attendees`, 200],
    ['op', 'DELETE', `${s}/resources/{one}/attendees/{bob}`, 200],
    ['op', 'POST', `${s}/tracks`, 200, { track: { track_name: 'Science' } }, ['track', 'track_id']],
    ['op', 'GET', `${s}/tracks`, 200],
    ['op', 'GET', `${s}/tracks/{track}`, 200],
    ['op', 'DELETE', `${s}/tracks/{track}`, 200],
    ['op', 'GET', `${s}/calendar.ics`, 200],
    ['op', 'POST', `${s}/feeds`, 200, {}, ['feed', 'feed_id']],
    ['op', 'GET', `${s}/feeds`, 200],
    ['op', 'DELETE', `${s}/feeds/{feed}`, 200],
    ['op', 'DELETE', `${s}/resources/{one}`, 200],
    ['op', 'GET', `${s}/resources/{one}`, 404],
  ],
}
