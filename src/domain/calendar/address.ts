/** Where the calendar with this secret is read, below the address of Lull. */
export function secretPath(secret: string): string {
  return `/calendar/${secret}.ics`;
}
