import { type ChildProcess, spawn } from 'node:child_process'

export type Child = { child: ChildProcess; output(): string; stop(): Promise<void> }

/**
 * Runs a program that cannot outlive this process, not even by kill -9: a shell in a process group
 * of its own holds the other end of a pipe, and kills the whole group when the pipe closes. The own
 * group also keeps Ctrl-C away from the program until we have finished with it.
 */
export function startChild(command: string, args: string[]): Child {
  const child = spawn('sh', ['-c', WATCHDOG, 'watchdog', command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-4_000)
    })
  }
  child.stdin.on('error', () => {})
  letProcessEnd(child)
  return {
    child,
    output: () => output,
    stop: async () => {
      child.ref()
      child.stdin.destroy()
      await ended
    },
  }
}

const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ cat <&3 >/dev/null; kill -9 0; } &
wait $program`

/** A test or a script that is otherwise done must not wait for the engine. */
function letProcessEnd(child: ChildProcess): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}
