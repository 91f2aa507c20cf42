import { expect, test } from 'vitest'
import { crashOnceDecided, restart, rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup, makePerson, runAllJobs } from '#test/support/factories.ts'

const withoutTimes = ({ timestamps: _, ...rest }: Record<string, unknown>) => rest

test('takes back a person with everything as GET gave it', async () => {
  const at = await freshEvent()
  const press = await makeGroup(at, 'Press')
  const field = await at.ask('POST', '/people/custom_fields', { field_name: 'Size' })
  const made = await makePerson(at, {
    external_ids: [{ id_system: 'crm', id: '42' }],
    profile: { first_name: 'Ada', last_name: 'Byron', email_address: ' ADA@Example.com ' },
    assign_groups: [press.group_id],
    custom_fields_meta: { [field.body.custom_field_id]: 'M' },
    link_docs: [['a', 'b'], ['c']],
  })
  expect(made.profile.email_address).toBe('ada@example.com')
  expect(made.groups).toEqual([{ group_id: press.group_id, group_name: 'Press' }])
  expect(made.docs).toEqual(['a', 'b', 'c'])
  for (const query of [
    `ids=${made.person_id}`,
    'emails=Ada@example.com',
    'groups=Press',
    `groups=${press.group_id}`,
  ]) {
    const list = await at.ask('GET', `/people/resources?${query}`)
    expect(list.body.record_number, query).toBe(1)
    expect(list.body.query_string).toBe(`${query}&offset=0&limit=20`)
  }
  const read = await at.ask('GET', `/people/resources/${made.person_id}`)
  const put = await at.ask('PUT', `/people/resources/${made.person_id}`, read.body)
  expect(put.status, put.text).toBe(200)
  expect(withoutTimes(put.body)).toEqual(withoutTimes(read.body))
  const ext = await at.ask('GET', '/people/resources/42', undefined, { ext_id_system: 'crm' })
  expect(ext.body.person_id).toBe('42')
  const back = await at.ask('PUT', '/people/resources/42', ext.body, { ext_id_system: 'crm' })
  expect(back.status, back.text).toBe(200)
  expect(withoutTimes(back.body)).toEqual(withoutTimes(ext.body))
})

test('says of a plus sign in a filter that it has become a blank', async () => {
  const at = await freshEvent()
  await makePerson(at, { profile: { email_address: 'ada+crm@example.com' } })
  const refused = await at.ask('GET', '/people/resources?emails=ada+crm@example.com')
  expectError(refused, 'invalid_query', 'emails')
  expect(refused.body.message).toContain('%2B')
  const found = await at.ask('GET', '/people/resources?emails=ada%2Bcrm@example.com')
  expect(found.body.record_number).toBe(1)
})

test('creates by PUT what another system does not know yet', async () => {
  const at = await freshEvent()
  const person = { person: { profile: { first_name: 'Grace' } } }
  const put = await at.ask('PUT', '/people/resources/7', person, { ext_id_system: 'crm' })
  expect(put.body.external_ids[1]).toEqual({ id_system: 'crm', id: '7' })
  const again = await at.ask('PUT', '/people/resources/7', person, { ext_id_system: 'crm' })
  expect(again.body.external_ids).toEqual(put.body.external_ids)
  expect((await at.ask('GET', '/people')).body.people_number).toBe(1)
})

test('lets one of fifty who use the same e-mail at once through', async () => {
  const at = await freshEvent()
  const person = { person: { profile: { first_name: 'Ada', email_address: 'ada@example.com' } } }
  const answers = await Promise.all(
    [...Array(50)].map(() => at.ask('POST', '/people/resources', person)),
  )
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(49).fill(409)])
  const lost = answers.find(({ status }) => status === 409)
  expect(lost?.body.fields).toBe('person.profile.email_address')
})

test('answers the same creation fifty times at once with one person', async () => {
  const at = await freshEvent()
  const person = { person: { profile: { first_name: 'Ada', email_address: 'ada@example.com' } } }
  const answers = await Promise.all(
    [...Array(50)].map(() =>
      at.ask('POST', '/people/resources', person, { 'idempotency-key': 'k' }),
    ),
  )
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(200)
})

test('shows members the same from the group as from the person until the group is gone', async () => {
  const at = await freshEvent()
  const people = await Promise.all(
    [...Array(60).keys()].map((n) => makePerson(at, { profile: { first_name: `P${n}` } })),
  )
  const group = await makeGroup(at, 'Crew', {
    group_members: people.map(({ person_id }) => ({ member_id: person_id })),
  })
  expect(group.member_number).toBe(60)
  const members = await at.ask('GET', '/people/groups/Crew/members?limit=50')
  expect(members.headers['x-total-count']).toBe('60')
  expect(members.headers.link).toContain('rel="next"')
  const one = people[0]?.person_id
  const twice = await at.ask('POST', `/people/resources/${one}/groups/Crew`)
  expect(twice.status).toBe(409)
  const out = await at.ask('DELETE', `/people/resources/${one}/groups/Crew`)
  expect(out.body).toEqual([])
  expect((await at.ask('GET', '/people/groups/Crew')).body.member_number).toBe(59)
  expect((await at.ask('DELETE', '/people/groups/Crew')).status).toBe(200)
  const two = people[1]?.person_id
  expect((await at.ask('GET', `/people/resources/${two}/groups`)).body).toEqual([])
  expect((await at.ask('GET', '/people/groups/Crew')).status).toBe(404)
  expect((await at.ask('GET', '/people/resources?groups=Crew')).body.record_number).toBe(0)
  await runAllJobs()
  expect((await at.ask('GET', `/people/resources/${two}`)).body.groups).toEqual([])
})

test('lists each person exactly once, by offset or cursor', async () => {
  const at = await freshEvent()
  await Promise.all(
    [...Array(75).keys()].map((n) => makePerson(at, { profile: { first_name: `P${n}` } })),
  )
  const byOffset: string[] = []
  for (let offset = 0; offset < 75; offset += 10) {
    const page = await at.ask('GET', `/people/resources?limit=10&offset=${offset}`)
    expect(page.body.record_number).toBe(75)
    byOffset.push(...page.body.people_list.map(({ person_id }: { person_id: string }) => person_id))
  }
  expect(new Set(byOffset).size).toBe(75)
  const byCursor: string[] = []
  let path: string | undefined = '/people/resources?limit=20'
  while (path) {
    const page = await at.ask('GET', path)
    byCursor.push(...page.body.people_list.map(({ person_id }: { person_id: string }) => person_id))
    path = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1]
  }
  expect(byCursor).toEqual(byOffset)
})

test('deletes all that refers to a person with them', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Crew')
  const made = await makePerson(at, {
    profile: { first_name: 'Ada', email_address: 'a@example.com' },
    assign_groups: [group.group_id],
  })
  expect((await at.ask('DELETE', `/people/resources/${made.person_id}`)).status).toBe(200)
  expect((await at.ask('GET', `/people/resources/${made.person_id}`)).status).toBe(404)
  expect((await at.ask('GET', '/people/groups/Crew')).body.member_number).toBe(0)
  await makePerson(at, { profile: { first_name: 'Ada', email_address: 'a@example.com' } })
})

test('changes by PATCH what was sent, null clears it', async () => {
  const at = await freshEvent()
  const made = await makePerson(at, { profile: { first_name: 'Ada', title: 'Countess' } })
  const path = `/people/resources/${made.person_id}`
  const patched = await at.ask('PATCH', path, {
    person: { profile: { title: null, company: 'AE' } },
  })
  expect(patched.body.profile).toMatchObject({ first_name: 'Ada', title: '', company: 'AE' })
  const bad = await at.ask('PATCH', path, { person: { profile: { colour: 'red' } } })
  expect(bad.body.fields).toBe('person.profile.colour')
  const mismatch = await at.ask('PUT', path, {
    person: { ...made, person_id: 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa' },
  })
  expect(mismatch.status).toBe(400)
  const unknown = await at.ask('PATCH', path, {
    person: { assign_groups: ['grp_aaaaaaaaaaaaaaaaaaaaaaaaaa'] },
  })
  expect(unknown.body.fields).toBe('person.assign_groups[0]')
  const old = await at.ask(
    'PATCH',
    path,
    { person: { profile: { title: 'x' } } },
    { 'if-match': '"other"' },
  )
  expect(old.status).toBe(412)
  expect(old.headers.etag).toBe((await at.ask('GET', path)).headers.etag)
})

test('tells the same request to wait while its work is under way', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(60)].map(() => makePerson(at)))
  const group = {
    group_name: 'Crew',
    group_members: people.map(({ person_id }) => ({ member_id: person_id })),
  }
  const headers = { 'idempotency-key': 'k' }
  const answers = await Promise.all(
    [...Array(10)].map(() => at.ask('POST', '/people/groups', { group }, headers)),
  )
  const done = answers.filter(({ status }) => status === 200)
  expect(new Set(done.map(({ text }) => text)).size).toBe(1)
  for (const waiting of answers.filter(({ status }) => status !== 200)) {
    expectError(waiting, 'request_in_progress')
    expect(waiting.headers['retry-after']).toBe('1')
  }
  const again = await at.ask('POST', '/people/groups', { group }, headers)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect((await at.ask('GET', '/people')).body.group_number).toBe(3)
})

test('tells a repeated request to wait when what the first one decided cannot be finished now', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(120)].map(() => makePerson(at)))
  const group = {
    group_name: 'Crew',
    group_members: people.map(({ person_id }) => ({ member_id: person_id })),
  }
  const create = () => at.ask('POST', '/people/groups', { group }, { 'idempotency-key': 'k' })
  crashOnceDecided()
  await create()
  restart()
  rightBefore(people.at(-1)?.person_id ?? '', () => Promise.reject(new Error('killed')))
  const waiting = await create()
  expectError(waiting, 'request_in_progress')
  expect(waiting.headers['retry-after']).toBe('1')
  const done = await create()
  expect(done.headers['idempotency-replayed']).toBe('true')
  expect(done.body.member_number).toBe(120)
})

test('takes nobody out of a group who is not in it', async () => {
  const at = await freshEvent()
  const [group, { person_id: id }] = [await makeGroup(at, 'Press'), await makePerson(at)]
  const path = `/people/resources/${id}/groups/${group.group_id}`
  expectError(await at.ask('DELETE', path), 'not_a_member')
  await at.ask('POST', path)
  expectError(await at.ask('POST', path), 'already_member')
  expect((await at.ask('DELETE', path)).body).toEqual([])
})

test('makes one person for all who put the same unknown id at once', async () => {
  const at = await freshEvent()
  const person = { person: { profile: { first_name: 'Grace' } } }
  const put = () => at.ask('PUT', '/people/resources/7', person, { ext_id_system: 'crm' })
  const answers = await Promise.all([...Array(20)].map(put))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect((await at.ask('GET', '/people')).body.people_number).toBe(1)
})
