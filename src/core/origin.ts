/** Stands for the public origin of Lull in texts that are read at several. Random, so that no other text has it. */
export const ANY_ORIGIN = `https://${crypto.randomUUID()}.invalid`;

/** Puts an origin of a request in, without characters that mean something in XML, JSON or a calendar; no host needs them. */
export function fillOrigin(text: string, origin: string): string {
  return text.replaceAll(ANY_ORIGIN, origin.replace(/[^\w.:/[\]-]/g, ''));
}
