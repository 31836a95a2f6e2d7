import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedule } from '../../src/maintenance/commands/schedule.ts';
import { start } from '../../src/maintenance/commands/transitions.ts';
import { type World, world } from '../world.ts';

let w: World;
let id: number;
beforeAll(async () => {
  w = await world();
  const service = await w.service('api', ['health']);
  ({ id } = await schedule(w.ctx, w.ana, w.input({ services: [service.id] })));
  await start(w.ctx, w.ana, id);
  await w.service('web');
});
afterAll(() => w.close());

const provider = (name: string) =>
  `insert into providers (account_id, name, kind, creation_date) values (1, '${name}', 'nodeping', now())`;
const run = (sql: string) => w.ctx.database.$executeRawUnsafe(sql.replaceAll(':id', String(id)));

describe('the database rejects', () => {
  test.each([
    [
      'a window that ends before it starts',
      'update maintenances set scheduled_end_date = scheduled_start_date',
      'maintenances_end_after_start',
    ],
    [
      'an end before the start',
      `update maintenances set end_date = start_date - interval '1 s'`,
      'maintenances_ended_after_start',
    ],
    ['an open maintenance that is never due', 'update maintenances set next_due_at = null', 'maintenances_due'],
    ['a finished maintenance that is due', `update maintenances set status = 'succeed'`, 'maintenances_due'],
    ['a maintenance in progress without a start', 'update maintenances set start_date = null', 'maintenances_started'],
    [
      'a status that does not exist',
      `update maintenances set status = 'paused', next_due_at = null, ends_at = null`,
      'maintenances_status',
    ],
    [
      'a service status that does not exist',
      `update maintenances set service_status = 'broken'`,
      'maintenances_service_status',
    ],
    ['a visibility that does not exist', `update maintenances set visibility = 'secret'`, 'maintenances_visibility'],
    ['a maintenance without a name', `update maintenances set name = ' '`, 'maintenances_name'],
    ['a service without a name', `update services set name = ' '`, 'services_name'],
    ['two services with the same name', `update services set name = 'API' where name = 'web'`, 'services_named_once'],
    ['an outcome that does not exist', `update mutes set outcome = 'maybe'`, 'mutes_outcome'],
    [
      'a muted check without a recorded intention',
      `update mutes set outcome = 'muted', intended_at = null`,
      'mutes_intended_first',
    ],
    ['a mute released before it ended', 'update mutes set released_at = now()', 'mutes_released_after_end'],
    ['an audience that does not exist', `update announcements set audience = 'all'`, 'announcements_audience'],
    [
      'a second announcement in one channel',
      `insert into announcements (id, account_id, maintenance_id, channel_kind, channel) select gen_random_uuid(), account_id, maintenance_id, channel_kind, channel from announcements`,
      'announcements_maintenance_id_channel_kind_channel_key',
    ],
    [
      'a second mute of a check by the same maintenance',
      'insert into mutes (account_id, check_id, maintenance_id, muted_at) select account_id, check_id, maintenance_id, now() from mutes',
      'mutes_pkey',
    ],
    [
      'a subscription to a scope and a service',
      `insert into subscriptions (account_id, channel_kind, channel, scope_id, service_id) values (1, 'slack', 'C', 1, 1)`,
      'subscriptions_of_one',
    ],
    [
      'a sub-account without a key',
      `insert into accounts (parent_id, name) select id, 'Customer' from accounts`,
      'accounts_subaccount_key',
    ],
    [
      'a one-off window without a length',
      `insert into ad_hocs (account_id, key, name, duration_minutes, edited_by, creation_date, update_date) values (1, 'K', 'n', 0, 'Ana', now(), now())`,
      'ad_hocs_duration',
    ],
    ['an approval that does not exist', `update maintenances set approval = 'maybe'`, 'maintenances_approval'],
    [
      'work in progress that is not approved',
      `update maintenances set approval = 'pending'`,
      'maintenances_approved_first',
    ],
    ['a default that makes everybody an admin', `update accounts set default_role = 'admin'`, 'accounts_default_role'],
    [
      'a role that does not exist',
      `insert into role_grants (account_id, subject, role, created_at) values (1, 'U1', 'boss', now())`,
      'role_grants_role',
    ],
    ['a monitoring system with the name of the built-in provider', provider('builtin'), 'providers_name'],
    ['a monitoring system with a name that does not fit in a URL', provider('Node Ping'), 'providers_name'],
    [
      'two monitoring systems with the same name',
      `${provider('twice')}, (1, 'twice', 'nodeping', now())`,
      'providers_pkey',
    ],
    [
      'a freeze that ends before it starts',
      `insert into freezes (account_id, start_date, end_date, reason, created_by_id, created_by_name, creation_date) values (1, now(), now(), 'x', 'U1', 'Ana', now())`,
      'freezes_end_after_start',
    ],
    [
      'an unencrypted token of Slack',
      `insert into installations (account_id, token, bot_user_id, scopes, installed_by_id, installation_date) values (1, 'xoxb-1', 'U0BOT', '{}', 'U1', now())`,
      'installations_token_sealed',
    ],
    [
      'the token of a workspace that removed Lull',
      `insert into installations (account_id, token, bot_user_id, scopes, installed_by_id, installation_date, removal_date) values (1, 'v1.a.b', 'U0BOT', '{}', 'U1', now(), now())`,
      'installations_removed_without_token',
    ],
  ])('%s', async (_, sql, constraint) => {
    await expect(run(sql)).rejects.toThrow(constraint);
  });

  test('deleting a service of a maintenance', async () => {
    await expect(run(`delete from services where name = 'api'`)).rejects.toThrow('maintenance_services');
  });
});
