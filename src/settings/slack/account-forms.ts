import { type AccountSettings, readSettings } from '../../access/accounts.ts';
import { grantRole } from '../../access/commands.ts';
import { authorize } from '../../core/permissions.ts';
import { MAX_POST_CHECK_MINUTES } from '../../maintenance/rules/lifecycle.ts';
import { section } from '../../slack/blocks.ts';
import { choiceField, type FormField, fillFields, flagField, readFields, textField } from '../../slack/fields.ts';
import { plain } from '../../slack/form.ts';
import type { FilledForm, RecordForm } from '../../slack/record-form.ts';
import { assertCanPost } from '../../subscriptions/slack.ts';
import { settingsForms as texts } from '../../texts/slack-forms.ts';
import { configureAccount } from '../commands.ts';

const { defaultChannel, postCheckAfter, roles, subject } = texts;
const { admin: _, default: __, ...defaultRoles } = roles;

const CHANNEL_FIELD: FormField<string | null> = {
  ...{ name: 'default_channel', label: defaultChannel.label, hint: defaultChannel.hint, optional: true },
  element: { type: 'channels_select', action_id: 'value', placeholder: plain(defaultChannel.placeholder) },
  write: (channel) => ({ selected_channel: channel }),
  read: ({ selected_channel: channel }) => channel ?? null,
};

const MINUTES_FIELD: FormField<number> = {
  ...{ name: 'post_check_after', ...postCheckAfter },
  element: {
    ...{ type: 'number_input', action_id: 'value', is_decimal_allowed: false },
    ...{ min_value: '0', max_value: String(MAX_POST_CHECK_MINUTES) },
  },
  write: (minutes) => ({ value: String(minutes) }),
  read: ({ value }) => Number(value),
};

const DEFAULTS_FIELDS = {
  defaultChannel: CHANNEL_FIELD,
  timezone: textField('timezone', { ...texts.timezone, maxChars: 100 }),
  defaultRole: choiceField('default_role', 'static_select', defaultRoles, texts.defaultRole),
  postCheckAfter: MINUTES_FIELD,
  anonymousReads: flagField('anonymous_reads', 'yes', texts.anonymousReads),
};

export function fillDefaultsForm(settings: AccountSettings): FilledForm {
  return { title: texts.defaults, items: fillFields(DEFAULTS_FIELDS, settings) };
}

/** The settings of the whole account. */
export const defaultsForm: RecordForm = {
  fill: async (_, db, { actor }) => fillDefaultsForm(await readSettings(db, actor.accountId)),
  async save(context, { actor }, { inputs, ctx }) {
    authorize(actor, 'configure-account');
    const edit = readFields(DEFAULTS_FIELDS, inputs);
    if (edit.defaultChannel != null) await assertCanPost(context, edit.defaultChannel);
    await configureAccount(ctx, actor, edit);
  },
};

const SUBJECT_FIELD: FormField<undefined, string> = {
  ...{ name: 'subject', label: subject.label, hint: subject.hint },
  element: { type: 'users_select', action_id: 'value', placeholder: plain(subject.placeholder) },
  write: () => ({}),
  read: ({ selected_user: user }) => user ?? '',
};

const ROLE_FIELDS = { subject: SUBJECT_FIELD, role: choiceField('role', 'static_select', roles, texts.role) };

export function fillRoleForm(): FilledForm {
  const items = fillFields(ROLE_FIELDS, { subject: undefined, role: 'operator' });
  return { title: texts.giveRole, items: [section(texts.fixedRoles), ...items] };
}

export const roleForm: RecordForm = {
  adds: true,
  fill: async () => fillRoleForm(),
  async save(_, { actor }, { inputs, ctx }) {
    const { subject: id, role } = readFields(ROLE_FIELDS, inputs, 'all');
    await grantRole(ctx, actor, id, role === 'default' ? undefined : role);
  },
};
