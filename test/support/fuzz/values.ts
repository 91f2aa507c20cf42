import fc from 'fast-check'
import type { Json } from '#lib/http/openapi/schema.ts'

/** Stands for an id of the world in which a request is sent: `‹session:3›`, of its other event with `!`. */
export const named = (place: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 11 }))
    .map(([n, other]) => `‹${other === 0 ? '!' : ''}${place}:${n}›`)

/** Values that a schema takes, sensible ones for names that mean something here. */
export function fitting(
  schema: Json,
  name: string,
  schemas: Json,
  depth = 0,
): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf, enum: values, const: only } = schema as Shape
  const inner = (one: Json) => fitting(one, name, schemas, depth)
  if ($ref) return inner(schemas[$ref.split('/').at(-1) ?? ''] as Json)
  if (only !== undefined) return fc.constant(only)
  if (values) return fc.constantFrom(...values)
  const choices = anyOf ?? oneOf ?? allOf
  if (choices) return fc.oneof(...choices.map(inner))
  const types = [schema.type ?? 'anything'].flat() as string[]
  return fc.oneof(...types.map((type) => ofType(type, schema as Shape, name, schemas, depth)))
}

type Shape = Json & {
  $ref?: string
  anyOf?: Json[]
  oneOf?: Json[]
  allOf?: Json[]
  enum?: unknown[]
  properties?: Record<string, Json>
  additionalProperties?: Json | boolean
  required?: string[]
  items?: Json
  minimum?: number
  maximum?: number
}

function ofType(
  type: string,
  schema: Shape,
  name: string,
  schemas: Json,
  depth: number,
): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') {
    if (name === 'event_group_user_id') return named('groupUser')
    const { minimum = -3, maximum = 100_000 } = schema
    const near = fc.constantFrom(minimum, maximum, 1, 20)
    return fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, minimum + 50) }), near)
  }
  if (type === 'string') return text(name)
  if (type === 'array') {
    const one = schema.items ? fitting(schema.items, name, schemas, depth + 1) : word
    return fc.array(one, { maxLength: depth > 2 ? 1 : 4 })
  }
  if (type === 'object') return object(schema, schemas, depth)
  return fc.oneof(word, fc.integer(), fc.constant(null))
}

function object(schema: Shape, schemas: Json, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: more } = schema
  const fields = Object.entries(properties).filter(([, { readOnly }]) => !readOnly)
  if (fields.length === 0) {
    const value = typeof more === 'object' ? fitting(more, '', schemas, depth + 1) : word
    return fc.dictionary(fc.oneof(named('peopleField'), named('sessionField')), value, {
      maxKeys: 3,
    })
  }
  const all = fields.map(([name, one]) => [name, fitting(one, name, schemas, depth + 1)] as const)
  return fc.record(Object.fromEntries(all), {
    requiredKeys: required.filter((one) => one in properties),
  })
}

const words = [
  'Ada',
  'Müller',
  '会議室',
  'Zoë O’Brien',
  'x',
  'A b',
  'Opening',
  '👩‍🚀',
  'Press',
  'Size',
  '0',
]
const word = fc.constantFrom(...words)
const free = fc.oneof(
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)
const oneOf = (...values: string[]) => fc.constantFrom(...values)
const instant = oneOf(
  '2027-05-04T09:00:00+02:00',
  '2027-05-04T11:00:00Z',
  '2027-05-04T11:30:00Z',
  '2026-11-20T10:00:00+01:00',
  '2026-11-20T10:30:00.5Z',
)

/** What a text of that name may be, the first that fits. */
const meanings: [RegExp, fc.Arbitrary<string>][] = [
  [
    /^(session_id|sessions?|session_access)$/,
    fc.oneof(named('session'), named('networkingSession')),
  ],
  [
    /^(person_id|people_list|speakers|member_id|person|users?)$/,
    fc.oneof(named('person'), named('otherPerson')),
  ],
  [/^(group_id|assign_groups|groups?)$/, fc.oneof(named('group'), oneOf('Press'))],
  [/^(track_id|session_tracks|tracks)$/, named('track')],
  [/^(event|events|event_id)$/, named('event')],
  [/^room(_id)?$/, named('room')],
  [/^ticket_type_id$/, named('ticket_type_id')],
  [/^access_key$/, named('access_key')],
  [/^event_group_user_id$/, named('groupUser')],
  [/^(resource_id|picture_resource_id)$/, named('resource_id')],
  [/^(ids)$/, fc.oneof(named('person'), named('session'), oneOf('crm-1'))],
  [
    /email/,
    fc.oneof(
      oneOf('ada@example.com'),
      fc.nat(30).map((n) => `Guest${n}@example.com`),
    ),
  ],
  [/zone|timezone/i, oneOf('Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'UTC')],
  [
    /^(url|link_url)$|_url$|photo|instagram|facebook|twitter|linkedIn/i,
    oneOf('https://127.0.0.1/x.jpg', 'https://example.com/a b', 'http://example.com/?q=1#x'),
  ],
  [/color/, oneOf('#a1b2c3', '#FFFFFF')],
  [/^trim$/, oneOf('0x0:8x8', '0x0:16x16', '4x4:1x1')],
  [/^id_system$/, oneOf('crm', 'Sessionize', 'x y')],
  [/^session_role/, oneOf('Speaker', 'Moderator', 'rol_speaker')],
  [
    /session.*time|^start$|^end$|^start_time|^end_time/,
    oneOf('09-00', '10:00', '10-30', '23-59', '00-00'),
  ],
  [/_date$|^date$/, oneOf('2027-05-04', '2027-05-05', '2027-05-06', '2028-02-29')],
  [
    /starts_at|ends_at|time_in|time_out|Time$|timeIn|timeOut|expires_at|^from$|^to$|scanned_at/,
    instant,
  ],
  [/language/, oneOf('en', 'de-CH')],
  [/cursor/, oneOf('', 'bm8', 'cGVyX2E')],
  [
    /html|description|about/,
    oneOf('<p>Hi <del>a</del></p>', 'Plain', '<a href="www.example.com">x</a>'),
  ],
]

export const text = (name: string): fc.Arbitrary<string> => {
  const [, meant] = meanings.find(([shape]) => shape.test(name)) ?? []
  return meant ? fc.oneof({ weight: 6, arbitrary: meant }, { weight: 1, arbitrary: free }) : free
}

/** What nobody should send, and somebody will. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\0',
    '\ud800',
    '\u202eabc',
    '\ufeff',
    '‹person:0›',
    '‹!event:0›',
    '‹guid:0›',
    '../..',
    '%',
    '%00',
    'a/b',
    '__proto__',
    "' OR 1=1",
    '<script>',
    'plk_x',
    -1,
    0,
    1.5,
    1e21,
    1e300,
    -1e-200,
    2 ** 53,
    2 ** 31,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    { '': 1 },
    [{ id: {} }],
    '2027-02-30',
    '2027-03-28T02:30:00',
    '99-99',
    '٣',
    'ﬀ',
    '9'.repeat(40),
    'x'.repeat(300),
    'é'.repeat(21_000),
    '𝒳'.repeat(201),
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Puts something else into one place of a value, takes a field away or adds one. */
export function broken(value: unknown, { place, how, other }: Break): unknown {
  const places = placesOf(value)
  const path = places[place % places.length] ?? []
  if (path.length === 0) return how === 0 ? other : value
  return changed(value, path, how, other)
}

export type Break = { place: number; how: number; other: unknown }
export const breaks: fc.Arbitrary<Break[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Break[]>([]) },
  {
    weight: 4,
    arbitrary: fc.array(fc.record({ place: fc.nat(60), how: fc.nat(6), other: hostile }), {
      minLength: 1,
      maxLength: 2,
    }),
  },
)

type Path = (string | number)[]

function placesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  const inner = Object.entries(value).map(([key, one]) =>
    placesOf(one, [...at, Array.isArray(value) ? Number(key) : key]),
  )
  return [at, ...inner.flat()]
}

function changed(value: unknown, [key = '', ...rest]: Path, how: number, other: unknown): unknown {
  if (Array.isArray(value)) {
    const copy = [...value]
    copy[Number(key)] = rest.length > 0 ? changed(copy[Number(key)], rest, how, other) : other
    return how === 1 && rest.length === 0 ? [...copy, ...copy] : copy
  }
  const { [key]: old, ...others } = value as Record<string, unknown>
  if (rest.length > 0) return { ...others, [key]: changed(old, rest, how, other) }
  if (how === 1) return others
  if (how === 2) return { ...others, [key]: old, [`${key}x`]: other }
  return { ...others, [key]: other }
}
