import { html } from 'hono/html'
import { addDays } from '#lib/base/time.ts'
import type { ListedSession } from '#lib/store/read/programme.ts'
import {
  dayText,
  frame,
  instants,
  isCancelled,
  type Piece,
  peopleOf,
  placeOf,
  trackClass,
  tracksOf,
  type View,
} from './page.ts'

/** What a visitor asked to see. */
export type Asked = { q?: string; day?: string; track?: string; lang?: string }

/** With more than this on it, a page is of one day; and on such a page nobody has a face. */
const together = 150

/** The programme by days and times, or what of it is asked for. */
export async function listPage(view: View, asked: Asked): Promise<string> {
  const { programme, words, event, language } = view
  const days = [...new Set(programme.sessions.map(({ date }) => date))]
  const isSearch = asked.q !== undefined || asked.track !== undefined
  const isLarge = programme.sessions.length > together
  const chosen = days.find((day) => day === asked.day)
  const day = chosen ?? (isLarge && !isSearch ? days[0] : undefined)
  const found = programme.sessions.filter(
    (one) =>
      (day === undefined || one.date === day) &&
      (asked.track === undefined || one.trackIds.includes(asked.track)) &&
      matches(view, one, asked.q),
  )
  const shown = days.filter((one) => found.some(({ date }) => date === one))
  const faces = found.length <= together
  const nothing = days.length === 0 ? words.empty : words.none
  const body = html`${head(view)}
<nav class="bar" aria-label="${words.programme}"><div class="in"><div class="days">${
    isLarge
      ? ''
      : html`<a href="${link(view, asked, { day: undefined })}"${current(day === undefined)}>${words.all}</a>`
  }${days.map((one) => html`<a href="${link(view, asked, { day: one })}"${current(day === one)}>${dayText(one, language)}</a>`)}</div>
<form action="${view.home}" role="search">${asked.lang === undefined ? '' : html`<input type="hidden" name="lang" value="${language}">`}<input type="search" name="q" maxlength="200" value="${asked.q ?? ''}" placeholder="${words.search}" aria-label="${words.search}"><button>${words.find}</button></form></div></nav>
<main class="in" id="main">${trackLinks(view, asked)}${shown.map((one) => dayOf(view, one, { found, faces, asked }))}<p id="none" class="lead"${found.length > 0 ? html` hidden` : ''}>${nothing}</p></main>${foot(view)}`
  return frame(view, `${event.name} · ${words.programme}`, body)
}

const current = (is: boolean): Piece | string => (is ? html` aria-current="true"` : '')

/** The same view of the programme with something changed. */
function link(
  { home, language }: View,
  asked: Asked,
  change: { [name in keyof Asked]: Asked[name] | undefined },
): string {
  const lang = asked.lang === undefined ? undefined : language
  const wanted = Object.entries({ ...asked, ...change, lang }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const query = new URLSearchParams(wanted).toString()
  return query === '' ? home : `${home}?${query}`
}

function head({ event, words, language, home }: View): Piece {
  const { start, end } = event.dates
  const dates =
    start === end
      ? dayText(start, language, true)
      : `${dayText(start, language, true)} – ${dayText(end, language, true)}`
  const place = [event.location.name, event.location.address].filter(Boolean).join(', ')
  const other = language === 'de' ? 'en' : 'de'
  return html`<header class="in head"><p class="over">${dates}${place ? html` · <bdi>${place}</bdi>` : ''}</p><h1 dir="auto" lang="${event.language}">${event.name}</h1>${event.description ? html`<p class="lead" dir="auto" lang="${event.language}">${event.description}</p>` : ''}
<ul class="tools"><li>${words.zone} (${event.dates.zone})</li><li><a href="${home}/calendar.ics">${words.calendar}</a></li><li><a href="${home}?lang=${other}" lang="${other}" hreflang="${other}">${other === 'de' ? 'Deutsch' : 'English'}</a></li></ul></header>`
}

const foot = ({ event }: View): Piece =>
  html`<footer class="in foot"><p dir="auto">${event.name}</p></footer>`

function trackLinks(view: View, asked: Asked): Piece | string {
  const tracks = [...view.programme.tracks.values()]
  if (tracks.length === 0) return ''
  const one = (href: string, is: boolean, { name, id }: { name: string; id?: string }) =>
    html`<li><a class="${trackClass(view, id)}" href="${href}"${current(is)}><bdi>${name}</bdi></a></li>`
  return html`<ul class="tracks">${one(link(view, asked, { track: undefined }), asked.track === undefined, { name: view.words.everything })}${tracks.map((track) => one(link(view, asked, { track: track.id }), asked.track === track.id, track))}</ul>`
}

type Part = { found: ListedSession[]; faces: boolean; asked: Asked }

function dayOf(view: View, day: string, part: Part): Piece {
  const own = part.found.filter(({ date }) => date === day)
  const slots = Map.groupBy(own, ({ start }) => start)
  return html`<section class="day" id="d${day}"><h2>${dayText(day, view.language, true)}</h2>${[...slots].map(([start, some]) => slot(view, start, { ...part, found: some }))}</section>`
}

function slot(view: View, start: string, { found, ...part }: Part): Piece {
  const { zone } = view.event.dates
  const at = found[0] ? instants(found[0], zone)[0] : 0
  return html`<div class="slot"><div class="time">${start}<small data-own="${at}" hidden></small></div><div class="cards">${found.map((one) => card(view, one, part))}</div></div>`
}

function card(view: View, session: ListedSession, { faces, asked }: Omit<Part, 'found'>): Piece {
  const { words, home, event } = view
  const people = peopleOf(view, session)
  const pictures = faces ? people.filter(({ picture }) => picture !== '').slice(0, 4) : []
  const place = placeOf(view, session)
  const [track] = tracksOf(view, session)
  const off = isCancelled(session)
  const href = link({ ...view, home: `${home}/sessions/${session.id}` }, lang(asked), {})
  // Each by itself: a name of the other direction must not carry its neighbours along.
  const names = people.map(({ name }, n) => html`${n > 0 ? ', ' : ''}<bdi>${name}</bdi>`)
  return html`<article class="s ${trackClass(view, track?.id)}${off ? ' off' : ''}" data-at="${instants(session, event.dates.zone).join(' ')}"><h3 dir="auto"><a href="${href}">${session.name}</a></h3>${session.subtitle ? html`<p dir="auto">${session.subtitle}</p>` : ''}<p class="soft">${off ? html`<span class="tag">${words.cancelled}</span> · ` : ''}${until(session)}${place ? html` · <bdi>${place}</bdi>` : ''}${track ? html` · <bdi>${track.name}</bdi>` : ''}</p>${names.length === 0 ? '' : html`<p class="faces">${pictures.map(({ picture }) => html`<img src="${picture}" alt="" width="32" height="32" loading="lazy">`)}<span>${names}</span></p>`}</article>`
}

const lang = ({ lang: wanted }: Asked): Asked => (wanted === undefined ? {} : { lang: wanted })

/** From when to when, with the day of the end where it is neither the same nor the next morning. */
function until({ date, start, end, endDate }: ListedSession): string {
  const isLater = endDate !== undefined && endDate > addDays(date, 1)
  return `${start}–${end}${isLater ? ` (${endDate})` : ''}`
}

/** Every word must be in the name, the subtitle, the people, the tracks or the place, whatever case and accents. */
function matches(view: View, session: ListedSession, q: string | undefined): boolean {
  if (q === undefined) return true
  const text = plain(
    [
      session.name,
      session.subtitle ?? '',
      placeOf(view, session),
      ...peopleOf(view, session).flatMap(({ name, company }) => [name, company]),
      ...tracksOf(view, session).map(({ name }) => name),
    ].join(' '),
  )
  return plain(q)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

const plain = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
