// What our tokens and feeds begin with; whatever may follow is theirs.
const credential = /\bpl[kf]_[A-Za-z0-9_]*/gi

/** What somebody sent, as an answer may repeat it: cut to `most` characters, without credentials. */
export function shown(sent: string, most = 100): string {
  const cut = sent.length > 4 * most ? sent.slice(0, 4 * most) : sent
  const plain = cut.replace(credential, (text) => `${text.slice(0, 4)}…`)
  const characters = [...plain.toWellFormed()]
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : plain.toWellFormed()
}
