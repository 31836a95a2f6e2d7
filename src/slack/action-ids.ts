/** The ids by which Slack tells Lull what was pressed. The value of each button says on what. */
export const ACTIONS = {
  /** On an announcement; the value is the maintenance's id. */
  start: 'maintenance.start',
  finish: 'maintenance.finish',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  cancel: 'maintenance.cancel',
  approve: 'maintenance.approve',
  decline: 'maintenance.decline',
  change: 'maintenance.edit',
  whole: 'maintenance.whole',
  /** Where checks do not watch again after a window; the value is the maintenance's id. */
  reopen: 'maintenance.reopen',
  /** On a direct message to the owner, and on the App Home; the value is the maintenance's id. */
  show: 'maintenance.show',
  /** On the App Home: opens the form to schedule a maintenance. */
  plan: 'home.plan',
  /** On a preview; the value is the draft's id. */
  schedule: 'draft.schedule',
  scheduleSeries: 'draft.schedule-series',
  edit: 'draft.edit',
  discard: 'draft.discard',
  /** On what a freeze kept from being done; the value is the draft's id. */
  override: 'draft.override',
  /** On a question; the value is the sentence to read instead. One id a choice, as Slack wants them unique. */
  choose: 'sentence.choose',
  /** On the list of series: opens the form to make one. */
  addSeries: 'series.add',
  /** On a list; the value says what it lists, and which page of it. */
  previousPage: 'page.previous',
  nextPage: 'page.next',
  /** On what a channel hears of; the value is the channel's id. */
  subscribe: 'channel.subscribe',
  /** On what a sync would do; the value says of which provider, and which difference was seen. */
  applySync: 'sync.apply',
  /** In the dialog that shows a whole maintenance; the value says of which, and which page. */
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
