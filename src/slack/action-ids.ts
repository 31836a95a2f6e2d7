export const ACTIONS = {
  /** On an announcement. The value is the maintenance's id. */
  start: 'maintenance.start',
  finish: 'maintenance.finish',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  cancel: 'maintenance.cancel',
  approve: 'maintenance.approve',
  decline: 'maintenance.decline',
  /** On a request to approve a run. The value is the id of its series. */
  approveSeries: 'series.approve',
  change: 'maintenance.edit',
  whole: 'maintenance.whole',
  reopen: 'maintenance.reopen',
  show: 'maintenance.show',
  plan: 'home.plan',
  /** On a preview. The value is the draft's id. */
  schedule: 'draft.schedule',
  scheduleSeries: 'draft.schedule-series',
  edit: 'draft.edit',
  discard: 'draft.discard',
  override: 'draft.override',
  /** On a question. The value is the text to run. Each choice has a number after the id, as ids must be unique. */
  choose: 'sentence.choose',
  addSeries: 'series.add',
  /** On a list. The value is the query and the page. */
  previousPage: 'page.previous',
  nextPage: 'page.next',
  subscribe: 'channel.subscribe',
  /** On the preview of a sync. The value is the provider and the fingerprint of the difference. */
  applySync: 'sync.apply',
  /** In the dialog with all details of a maintenance. The value is its id and the page. */
  previousOfWhole: 'whole.previous',
  nextOfWhole: 'whole.next',
} as const;

export const VIEWS = {
  approveSeries: 'series.approve',
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
