import { describe, expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { type PlainKind, plainKinds, plainNames } from '#lib/base/plain-kinds.ts'
import type { Plain } from '#lib/model/plain.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { requirePlain } from '#lib/store/read/plain.ts'
import { plainVerbs } from '#lib/store/write/plain.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, inTurns, runAllJobs } from '#test/support/factories.ts'
import { picturesOf } from '#test/support/pictures.ts'
import { plainFields } from '#test/support/resources.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { withoutTimes } from '#test/support/sessions.ts'

/** A fresh event and the routes of a plain kind in it. */
async function kindIn(kind: PlainKind) {
  const at = await freshEvent()
  const path = `/${plainKinds[kind].plural}`
  const body = (name: string, more: object = {}) => ({
    [kind]: { ...plainFields(kind, name), ...more },
  })
  const ask = (method: string, id = '', sent?: unknown, headers?: Record<string, string>) =>
    at.ask(method, `${path}${id}`, sent, headers)
  const make = async (name: string, more: object = {}) => {
    const made = await ask('POST', '', body(name, more))
    expect(made.status, made.text).toBe(200)
    return { ...made.body, id: made.body[`${kind}_id`] as string }
  }
  return { at, ask, make, body, idField: `${kind}_id`, nameField: `${kind}_name` }
}

describe.each(plainNames)('a %s', (kind) => {
  test('is read as it was made, and in the list', async () => {
    const { ask, make, body, idField } = await kindIn(kind)
    const { id, ...made } = await make('First', { external_ids: [{ id_system: 'crm', id: '7' }] })
    expect(made).toMatchObject(body('First')[kind] ?? {})
    expect(made.external_ids).toEqual([
      { id_system: 'Plenary', id },
      { id_system: 'crm', id: '7' },
    ])
    expect(withoutTimes((await ask('GET', `/${id}`)).body)).toEqual(withoutTimes(made))
    const list = await ask('GET')
    expect(list.body.map((one: Record<string, unknown>) => one[idField])).toEqual([id])
    expect(list.headers['x-total-count']).toBe('1')
  })

  test('does not change when what GET gave is sent back', async () => {
    const { ask, make } = await kindIn(kind)
    const { id } = await make('First')
    const before = await ask('GET', `/${id}`)
    const after = await ask('PUT', `/${id}`, { [kind]: before.body })
    expect([after.status, after.headers.etag]).toEqual([200, before.headers.etag])
  })

  test('is changed by PATCH and replaced by PUT, under the tag that was seen', async () => {
    const { ask, make, body, nameField } = await kindIn(kind)
    const { id } = await make('First')
    const { etag = '' } = (await ask('GET', `/${id}`)).headers
    const renamed = { [kind]: { [nameField]: 'Second' } }
    const changed = await ask('PATCH', `/${id}`, renamed, { 'if-match': etag })
    expect([changed.status, changed.body[nameField]]).toEqual([200, 'Second'])
    for (const [method, sent] of [
      ['PATCH', renamed],
      ['PUT', body('Third')],
      ['DELETE', undefined],
    ] as const) {
      expectError(await ask(method, `/${id}`, sent, { 'if-match': etag }), 'precondition_failed')
    }
    expect((await ask('PUT', `/${id}`, body('Third'))).body[nameField]).toBe('Third')
  })

  test('is made once by all who make it at once under one name, whatever its case', async () => {
    const { at, ask, body } = await kindIn(kind)
    const names = ['Great', 'great', 'GREAT', 'gREAT']
    const made = await Promise.all(names.map((name) => ask('POST', '', body(name))))
    expect(made.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const one of made.filter(({ status }) => status !== 200))
      expectError(one, 'duplicate_name')
    await expectConsistent(at)
  })

  test('is made by a PUT under an id of another system, and found by it', async () => {
    const { ask, body, idField } = await kindIn(kind)
    const crm = { ext_id_system: 'crm' }
    const made = await ask('PUT', '/4711', body('First'), crm)
    expect([made.status, made.body[idField]]).toEqual([200, '4711'])
    expect((await ask('GET', '/4711', undefined, crm)).body[idField]).toBe('4711')
    const taken = { external_ids: [{ id_system: 'crm', id: '4711' }] }
    expectError(await ask('POST', '', body('Other', taken)), 'duplicate_external_id')
    const reserved = { external_ids: [{ id_system: 'Plenary', id: '1' }] }
    expectError(await ask('POST', '', body('Other', reserved)), 'reserved_id_system')
    const own = { external_ids: [{ id_system: 'crm', id: newId(kind) }] }
    expectError(await ask('POST', '', body('Other', own)), 'reserved_id')
  })

  test('is missing where nobody made it, and once it is deleted', async () => {
    const { at, ask, make, body, idField } = await kindIn(kind)
    const { id } = await make('First')
    const other = await make('Second')
    expectError(await ask('PUT', `/${id}`, body('First', { [idField]: other.id })), 'id_mismatch')
    expect((await ask('DELETE', `/${id}`)).status).toBe(200)
    for (const one of [id, newId(kind)]) {
      expectError(await ask('GET', `/${one}`), `${kind}_not_found`)
      expectError(await ask('PUT', `/${one}`, body('Third')), `${kind}_not_found`)
      expectError(await ask('PATCH', `/${one}`, body('Third')), `${kind}_not_found`)
      expectError(await ask('DELETE', `/${one}`), `${kind}_not_found`)
    }
    expect((await ask('GET')).headers['x-total-count']).toBe('1')
    await make('first')
    await runJobs(Date.now() + 20_000)
    await expectConsistent(at)
  })

  test('is listed once by pages, from any offset and by cursor', async () => {
    const { ask, make, idField } = await kindIn(kind)
    const made = await inTurns([...Array(9).keys()], (n) => make(`No. ${n}`))
    const ids = made.map(({ id }) => id).toSorted()
    const listed = ({ body }: { body: Record<string, unknown>[] }) =>
      body.map((one) => one[idField])
    const middle = await ask('GET', '?limit=4&offset=3')
    expect([listed(middle), middle.headers['x-total-count']]).toEqual([ids.slice(3, 7), '9'])
    const next = /[?&]cursor=([\w-]+)/.exec(middle.headers.link ?? '')?.[1]
    expect(listed(await ask('GET', `?limit=4&cursor=${next}`))).toEqual(ids.slice(7))
    expectError(await ask('GET', '?cursor=bm8'), 'invalid_cursor')
  })

  test('goes with its event', async () => {
    const { at, make } = await kindIn(kind)
    await inTurns([...Array(5).keys()], (n) => make(`No. ${n}`))
    expect((await at.ask('DELETE', '')).status).toBe(200)
    await runAllJobs()
    expect(await rowsMentioning(at.id)).toEqual([])
  })

  test('holds a picture that it shows, and loses it by force', async () => {
    const { at, make } = await kindIn(kind)
    const { id } = await make('First')
    const { resource_id: picture } = await picturesOf(at).add()
    const [scope, verbs] = [await scopeOf(at), plainVerbs<Plain>(kind)]
    const show = (wanted?: string | null) =>
      verbs.update(
        scope,
        id,
        (current) => ({ ...current, externalIds: undefined, picture: wanted }),
        () => undefined,
      )
    await show(picture)
    expect((await show()).picture?.id).toBe(picture)
    expectError(await picturesOf(at).ask('DELETE', `/${picture}`), 'picture_in_use')
    await expect(show('no-such-picture')).rejects.toMatchObject({ reason: 'invalid_reference' })
    expect((await picturesOf(at).ask('DELETE', `/${picture}?force=true`)).status).toBe(200)
    expect((await requirePlain(scope, kind, id)).picture).toBeUndefined()
    await runAllJobs()
    await expectConsistent(at)
  })
})
