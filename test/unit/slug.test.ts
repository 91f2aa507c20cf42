import { expect, it } from 'vitest'
import { slugOf } from '#lib/base/slug.ts'

it.each([
  ['Köln 2027', 'koln-2027'],
  ['Málaga', 'malaga'],
  ['İzmir', 'izmir'],
  ['Diyarbakır', 'diyarbakir'],
  ['Nguyễn Đức', 'nguyen-duc'],
  ['Straßenfest', 'strassenfest'],
  ['STRAẞE', 'strasse'],
  ['Łódź', 'lodz'],
  ['Ærø & København', 'aero-and-kobenhavn'],
  ['Þingvellir', 'thingvellir'],
  ["L'Été des Œuvres", 'lete-des-oeuvres'],
  ['Men’s Health', 'mens-health'],
  ['Москва: Щука', 'moskva-shchuka'],
  ['Київ', 'kiyiv'],
  ['Αθήνα', 'athina'],
  ['Қазақстан', 'qazaqstan'],
  ['Өлгий', 'olgiy'],
  ['№5', 'no5'],
  ['Ɓala', 'bala'],
  ['Ada東Lovelace', 'adalovelace'],
  ['Ｆｕｌｌ', 'full'],
  ['ﬁn', 'fin'],
  ['東京', ''],
  ['  --  ', ''],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('%j is spelled %j', (name, slug) => {
  expect(slugOf(name, 40)).toBe(slug)
})
