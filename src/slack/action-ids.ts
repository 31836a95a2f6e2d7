/** The action ids of buttons. */
export const ACTIONS = {
  /** On an announcement. The value is the maintenance's id. */
  start: 'maintenance.start',
  finish: 'maintenance.finish',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  cancel: 'maintenance.cancel',
  approve: 'maintenance.approve',
  decline: 'maintenance.decline',
  change: 'maintenance.edit',
  whole: 'maintenance.whole',
  /** On the note that checks fail after a window. The value is the maintenance's id. */
  reopen: 'maintenance.reopen',
  /** On direct messages and the App Home. The value is the maintenance's id. */
  show: 'maintenance.show',
  /** On the App Home: opens the form to schedule a maintenance. */
  plan: 'home.plan',
  /** On a preview. The value is the draft's id. */
  schedule: 'draft.schedule',
  scheduleSeries: 'draft.schedule-series',
  edit: 'draft.edit',
  discard: 'draft.discard',
  /** On a change that a freeze blocks. The value is the draft's id. */
  override: 'draft.override',
  /** On a question. The value is the text to run. Each choice has a number after the id, as ids must be unique. */
  choose: 'sentence.choose',
  /** On the list of series: opens the form to create one. */
  addSeries: 'series.add',
  /** On a list. The value is the query and the page. */
  previousPage: 'page.previous',
  nextPage: 'page.next',
  /** On the subscriptions of a channel. The value is its id. */
  subscribe: 'channel.subscribe',
  /** On the preview of a sync. The value is the provider and the fingerprint of the difference. */
  applySync: 'sync.apply',
  /** In the dialog with all details of a maintenance. The value is its id and the page. */
  previousOfWhole: 'whole.previous',
  nextOfWhole: 'whole.next',
} as const;

export const VIEWS = {
  decline: 'maintenance.decline',
  override: 'draft.override',
  create: 'maintenance.create',
  edit: 'maintenance.edit',
  series: 'series.edit',
  createSeries: 'series.create',
  subscribe: 'channel.subscribe',
  finish: 'maintenance.finish',
  cancel: 'maintenance.cancel',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  addComment: 'comment.add',
  audience: 'comment.audience',
} as const;
