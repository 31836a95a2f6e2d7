import type { ModalView } from '@slack/types';
import type { AccountSettings } from '../../access/accounts.ts';
import { DEFAULT_ROLES } from '../../access/rules.ts';
import { ROLES, type Role } from '../../core/permissions.ts';
import { MAX_POST_CHECK_MINUTES } from '../../maintenance/rules/lifecycle.ts';
import { section } from '../../slack/blocks.ts';
import { type InputValue, input, option, plain } from '../../slack/form.ts';
import { FORMS, form, type Origin } from '../../slack/record-form.ts';
import type { AccountEdit } from '../commands.ts';

const ROLE_WORDS: Record<Role, string> = {
  none: 'None: sees the announcements alone',
  viewer: 'Viewer: looks',
  operator: 'Operator: schedules and runs',
  approver: 'Approver: approves, too',
  admin: 'Admin: everything',
};
const roleOption = (role: Role) => option(role, ROLE_WORDS[role]);
const NO_ROLE = option('default', 'No role of their own: the default holds');

/** What holds for all of an account. */
export function defaultsForm(settings: AccountSettings, origin: Origin): ModalView {
  return form(FORMS.defaults, 'Defaults', { origin }, [
    input(
      'default_channel',
      'Channel that hears of every maintenance',
      {
        type: 'channels_select',
        action_id: 'value',
        placeholder: plain('No channel'),
        ...(settings.defaultChannel === null ? {} : { initial_channel: settings.defaultChannel }),
      },
      { optional: true, hint: 'As an internal one. For a private channel: /maintenance settings channel #name.' },
    ),
    input('timezone', 'Time zone', {
      type: 'plain_text_input',
      action_id: 'value',
      max_length: 100,
      placeholder: plain('Europe/Berlin'),
      initial_value: settings.timezone,
    }),
    input('default_role', 'What members are, where nothing else was said', {
      type: 'static_select',
      action_id: 'value',
      options: DEFAULT_ROLES.map(roleOption),
      initial_option: roleOption(settings.defaultRole),
    }),
    input(
      'post_check_after',
      'Look at checks again after a window (minutes)',
      {
        type: 'number_input',
        action_id: 'value',
        is_decimal_allowed: false,
        min_value: '0',
        max_value: String(MAX_POST_CHECK_MINUTES),
        initial_value: String(settings.postCheckAfter),
      },
      { hint: 'Whether those that it switched on again watch, and are well. 0: not at all.' },
    ),
  ]);
}

/** What the fields hold, those that are given. */
export function readDefaultsForm(held: ReadonlyMap<string, InputValue>): AccountEdit {
  const [channel, timezone, look] = [held.get('default_channel'), held.get('timezone'), held.get('post_check_after')];
  const role = held.get('default_role')?.selected_option?.value;
  const defaultRole = DEFAULT_ROLES.find((each) => each === role);
  return {
    ...(channel === undefined ? {} : { defaultChannel: channel.selected_channel ?? null }),
    ...(timezone === undefined ? {} : { timezone: timezone.value?.trim() ?? '' }),
    ...(defaultRole === undefined ? {} : { defaultRole }),
    ...(look === undefined ? {} : { postCheckAfter: Number(look.value) }),
  };
}

/** Gives somebody a role. */
export function roleForm(origin: Origin): ModalView {
  return form(FORMS.role, 'Give a role', { origin }, [
    section('Guests stay without rights, and the admins of the workspace admins, whatever is given to them.'),
    input(
      'subject',
      'Who',
      { type: 'users_select', action_id: 'value', placeholder: plain('Choose a person') },
      {
        hint: 'To a user group in words: /maintenance settings role @platform operator.',
      },
    ),
    input('role', 'Role', {
      type: 'static_select',
      action_id: 'value',
      options: [...ROLES.map(roleOption), NO_ROLE],
      initial_option: roleOption('operator'),
    }),
  ]);
}

/** What the fields hold. */
export function readRoleForm(held: ReadonlyMap<string, InputValue>): { subject: string; role: Role | undefined } {
  const role = held.get('role')?.selected_option?.value;
  return { subject: held.get('subject')?.selected_user ?? '', role: ROLES.find((each) => each === role) };
}
