/** What Lull says in channels, threads, direct messages, the Home tab and answers to commands. */

export const freezeMessages = {
  everything: 'everything',
  entered: (reasons: string) => `:snowflake: This falls into a freeze: ${reasons}. Move or cancel it if it can wait.`,
  overridden: (freezes: string, by: string, reason: string) =>
    `:snowflake: In spite of a freeze (${freezes}), because ${by} says so:\n>${reason}`,
  line: (effect: 'block' | 'warn', reason: string, freeze: string) =>
    `:snowflake: ${effect === 'block' ? 'Frozen' : 'In a freeze'}: ${reason}, ${freeze}`,
  more: (count: number) => `:snowflake: and ${count} more`,
  blocked: (freezes: readonly string[]) => `:snowflake: It falls into ${freezes.join(', and ')}.`,
  blockedBy: (reason: string, subject: string, window: string) => `the freeze "${reason}" of ${subject}, ${window}`,
};

export const settingsMessages = {
  /** @param postCheck how long after a window, in words */
  defaults: (channel: string | null, timezone: string, postCheck: string | undefined) =>
    `*Defaults*\n${
      channel === null ? 'No channel hears of every maintenance.' : `<#${channel}> hears of every maintenance.`
    } Who names no zone is in ${timezone}. ${
      postCheck === undefined
        ? 'Checks are not looked at again after a window.'
        : `Checks are looked at again ${postCheck} after a window.`
    }`,
  roles: (defaultRole: string) =>
    `*Roles*\nMembers: ${defaultRole === 'none' ? 'no rights' : defaultRole}, where nothing else was said. Admins of the workspace: admin. Guests: no rights.`,
  scopes: (count: number, names: string, approving: string) =>
    `*Scopes*  ${count}\n${count === 0 ? 'A product, a region, an environment: what services live in.' : names}${
      approving === '' ? '' : `\nNeed approval: ${approving}`
    }`,
  services: (count: number) => `*Services*  ${count}\nWhat users know by name, with its owners and checks.`,
  checks: (count: number) =>
    `*Checks*  ${count}\nWhat a window switches off and on again, in Lull's own register and in monitoring systems.`,
  providers: (count: number) =>
    `*Monitoring systems*  ${count}${
      count === 0 ? '\nNone yet. Lull switches the checks of those that are connected here.' : ''
    }`,
  freezes: (count: number, shown: number) =>
    `*Freezes*  ${count}\nWhat falls into one is refused or remarked.${count > shown ? ` The next ${shown}:` : ''}`,
  warnsOnly: ', warns only',
  inWords: 'All of this in words: `/maintenance settings show`.',
  list: {
    title: 'Settings of Lull',
    roles: (defaultRole: string) =>
      `*Members are*  ${defaultRole === 'none' ? 'without rights' : defaultRole}; the admins of the workspace are admins, guests have no rights`,
    scopes: (names: string) => `*Scopes*  ${names || 'none'}`,
    approval: (names: string) => `*Need approval*  ${names || 'none'}`,
    channel: (channel: string | null) =>
      `*Every maintenance is announced in*  ${channel === null ? 'no channel' : `<#${channel}>`}`,
    timezone: (timezone: string) => `*Time zone*  ${timezone}, for whoever names none`,
    postCheck: (delay: string | undefined) =>
      `*Checks are looked at again*  ${delay === undefined ? 'not at all' : `${delay} after a window`}`,
    freezes: (count: number) => `*Freezes*${count === 0 ? '  none' : ''}`,
    help: [
      'Roles: `settings default-role viewer`, `settings role @jonas approver`, `settings role @jonas default`; also for a user group. Roles are none, viewer, operator, approver, admin.',
      'Scopes and services: `settings scope add Production`, `settings scope Production approval on`, `settings owners api @ana @jonas`, `settings owners api none`.',
      'Freezes: `settings freeze 24 dec 8am to 27 dec 8am: Holidays`, `settings freeze Production friday 18:00 to monday 6am: Launch`, `settings warn ...` to remark only, `settings unfreeze 3`.',
      'Account: `settings channel #maintenance`, `settings channel none`, `settings zone Europe/Berlin`, `settings look 10` or `settings look off`.',
    ],
  },
  removed: (noun: string, name: string) => `The ${noun} *${name}* was removed.`,
  removedMeanwhile: (noun: string, by: string, at: string) =>
    `This ${noun} was removed by ${by} ${at}, while you were editing. Nothing of yours was saved.`,
  changedBy: (by: string, overHttp: boolean, at: string, fields: readonly string[]) =>
    `Changed by ${by}${overHttp ? ' over HTTP' : ''} ${at}: ${fields.join(', ')}`,
  changedSince: (fields: readonly string[]) => `Changed since: ${fields.join(', ')}`,
  disputed: (field: string, now: string, yours: string) => `${field}\nNow: ${now}\nYou had: ${yours}`,
  tooLong: 'too long for a form',
};

/** Of several slices. */
export const sharedMessages = {
  changedMeanwhile: ':warning: *This was changed while you were editing. Nothing of yours is saved yet.*',
  newest: 'Below are the newest values; your other changes are kept. Change them again where you want to, and *Save*.',
  newestWithYours: 'Below are the newest values with your changes. *Save* keeps them.',
};
