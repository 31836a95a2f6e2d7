/** The ids by which Slack tells Lull what was pressed. The value of each button says on what. */
export const ACTIONS = {
  /** On an announcement; the value is the maintenance's id. */
  start: 'maintenance.start',
  finish: 'maintenance.finish',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  cancel: 'maintenance.cancel',
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
  /** On a list; the value says what it lists, and which page of it. */
  previousPage: 'page.previous',
  nextPage: 'page.next',
} as const;

export const VIEWS = {
  override: 'draft.override',
  create: 'maintenance.create',
  extend: 'maintenance.extend',
  comment: 'maintenance.comment',
  addComment: 'comment.add',
  audience: 'comment.audience',
} as const;
