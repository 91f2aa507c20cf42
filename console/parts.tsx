import type { Child } from 'hono/jsx'
import { useEffect, useRef, useState } from 'hono/jsx/dom'
import { get, Refusal } from './api.ts'

export const textOf = (error: unknown): string =>
  error instanceof Refusal ? error.message : 'The server could not be reached.'

/** What a path answers, read anew when it changes or `turn` does. */
export function useAnswer<T>(path: string, turn = 0): { value?: T; fault?: string } {
  const [answer, setAnswer] = useState<{ value?: T; fault?: string; of?: string }>({})
  // An effect may run when its component has been drawn anew already, and nobody ends it then.
  const wanted = useRef(path)
  wanted.current = path
  useEffect(() => {
    let open = true
    const isWanted = () => open && wanted.current === path
    get<T>(path).then(
      (value) => isWanted() && setAnswer({ value, of: path }),
      (error) => isWanted() && setAnswer({ fault: textOf(error), of: path }),
    )
    return () => {
      open = false
    }
  }, [path, turn])
  return answer.of === path ? answer : {}
}

/** Shows what was read, what went wrong, or that it is being read. */
export function Shown<T>(props: {
  of: { value?: T; fault?: string }
  as: (value: T) => Child
}): Child {
  if (props.of.fault) return <p role="alert">{props.of.fault}</p>
  return props.of.value === undefined ? <p role="status">Reading…</p> : props.as(props.of.value)
}

export function Table(props: { head: string[]; rows: Child[][]; empty: string; label: string }) {
  if (props.rows.length === 0) return <p class="soft">{props.empty}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section class="wide" aria-label={props.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {props.head.map((one) => (
              <th scope="col">{one}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function Face({ url }: { url: string }) {
  return url ? <img class="face" src={url} alt="" loading="lazy" /> : <span class="face" />
}

export const fieldOf = (form: EventTarget | null, name: string): string => {
  if (!(form instanceof HTMLFormElement)) return ''
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value.trim() : ''
}
