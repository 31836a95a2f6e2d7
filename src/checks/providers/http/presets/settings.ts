import { z } from 'zod';

/**
 * Where a service is asked, for one that people run themselves and for those with several addresses.
 * @param usual without a slash at its end
 */
export function address(usual: string) {
  return z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default(usual)
    .describe(`Where its interface is; leave it out for ${usual}.`);
}

/** @param where a person finds it */
export function token(where: string) {
  return z.object({ token: z.string().min(1).describe(where) });
}
