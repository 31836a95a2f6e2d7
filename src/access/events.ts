import { z } from 'zod';
import { accountEvent, instant, subject } from '../core/events.ts';
import { ROLES } from '../core/permissions.ts';
import { RIGHTS } from './rules.ts';

/** `null`: the default role. */
const role = z.object({ role: z.enum(ROLES).nullable() });

/** `with_token`: the id of the token that was revoked, if this was created with it; null: it was revoked itself. */
export const revocation = z.object({ with_token: z.int().nullable() });

export const accessEvents = [
  accountEvent('role.granted', { subject: subject('role'), before: role, after: role }),
  accountEvent('token.created', {
    subject: subject('token'),
    after: z.object({
      name: z.string(),
      rights: z.enum(RIGHTS),
      /** The ids of the scopes it is limited to; null: not limited. */
      scopes: z.array(z.int()).nullable(),
      expires_at: instant.nullable(),
      /** The Slack id of the person whose role it acts with; null: a service token. */
      owner: z.string().nullable(),
      /** Of a service token. */
      purpose: z.string().nullable(),
      /** The id of the token that created it. */
      created_with: z.int().nullable(),
    }),
  }),
  accountEvent('token.revoked', {
    subject: subject('token'),
    before: z.object({ name: z.string() }),
    after: revocation,
  }),
  accountEvent('workspace.installed', {
    subject: subject('workspace'),
    /** Slack's scopes. */
    after: z.object({ scopes: z.array(z.string()) }),
  }),
  accountEvent('workspace.uninstalled', { after: z.object({ reason: z.string() }) }),
  accountEvent('account.added', {
    subject: subject('account'),
    after: z.object({ key: z.string(), name: z.string() }),
  }),
] as const;
