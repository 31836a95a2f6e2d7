/** The ids of what is pressed and chosen in the settings. */
export const SETTINGS = {
  defaults: 'settings.defaults',
  role: 'settings.role',
  addScope: 'settings.scope.add',
  addService: 'settings.service.add',
  addCheck: 'settings.check.add',
  addFreeze: 'settings.freeze.add',
  /** The value is the freeze's id. */
  removeFreeze: 'settings.freeze.remove',
  /** Searchable selects; what is chosen is changed in a form. */
  scope: 'settings.scope',
  service: 'settings.service',
  check: 'settings.check',
  provider: 'settings.provider',
  /** A select of the kinds of monitoring systems. */
  connect: 'settings.provider.connect',
  /** In such a form; the value says what is to be removed. */
  remove: 'settings.remove',
} as const;

/** The forms, by their callback ids. */
export const FORMS = {
  connect: 'settings.provider.connect',
  provider: 'settings.provider',
  freeze: 'settings.freeze',
  defaults: 'settings.defaults',
  role: 'settings.role',
  scope: 'settings.scope',
  service: 'settings.service',
  check: 'settings.check',
} as const;
