/** They change the order in which others are shown, so that a text looks like another one. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Those, and others that nobody sees, without line breaks, tabs and what joins emoji. */
const HIDDEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;

/** A text to be shown, in its own order. */
export const withoutBidi = (text: string): string => text.replace(BIDI, '');

/** What a person wrote, without characters that nobody sees. */
export const withoutHidden = (text: string): string =>
  text.replace(HIDDEN, (hidden) => (hidden === '\n' || hidden === '\t' ? hidden : ''));
