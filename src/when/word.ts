/** The sentence with the name of a service in the place of a word; in quotes when it has spaces. */
export function withName(text: string, word: string, name: string): string {
  const put = /\s/.test(name) ? `"${name}"` : name;
  const at = placeOf(text, word);
  return at < 0 ? `${put} ${text}` : `${text.slice(0, at)}${put}${text.slice(at + word.length)}`;
}

/** The sentence without a word. */
export function withoutWord(text: string, word: string): string {
  const at = placeOf(text, word);
  return at < 0 ? text : `${text.slice(0, at)}${text.slice(at + word.length)}`.replace(/\s+/g, ' ').trim();
}

function placeOf(text: string, word: string): number {
  return text.toLowerCase().indexOf(word.toLowerCase());
}
