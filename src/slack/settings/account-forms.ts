import type { ModalView } from '@slack/types';
import type { AccountEdit } from '../../actions/configure-account.ts';
import { ROLES, type Role } from '../../domain/permissions.ts';
import { DEFAULT_ROLES } from '../../domain/roles.ts';
import type { AccountSettings } from '../../store/accounts.ts';
import { section } from '../messages/blocks.ts';
import { heldBy, input, option, plain } from '../modals/form.ts';
import { form, type Origin } from './form.ts';
import { FORMS } from './ids.ts';

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
  ]);
}

/** `values` is Slack's `view.state.values`. */
export function readDefaultsForm(values: unknown): AccountEdit {
  const held = heldBy(values);
  const role = held.get('default_role')?.selected_option?.value;
  const defaultRole = DEFAULT_ROLES.find((each) => each === role);
  return {
    timezone: held.get('timezone')?.value?.trim() ?? '',
    defaultChannel: held.get('default_channel')?.selected_channel ?? null,
    ...(defaultRole === undefined ? {} : { defaultRole }),
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

/** `values` is Slack's `view.state.values`. */
export function readRoleForm(values: unknown): { subject: string; role: Role | undefined } {
  const held = heldBy(values);
  const role = held.get('role')?.selected_option?.value;
  return { subject: held.get('subject')?.selected_user ?? '', role: ROLES.find((each) => each === role) };
}
