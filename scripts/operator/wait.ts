/** Asks again and again until it is so, or says what it waited for in vain. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  { minutes = 180, everyMs = pollMs() } = {},
): Promise<void> {
  const end = Date.now() + minutes * 60_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what} takes longer than ${minutes} minutes`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

const pollMs = (): number => Number(process.env.PLENARY_POLL_MS ?? 10_000)
