// @ts-nocheck: its own code is not written for exactOptionalPropertyTypes; what it exports has types all the same.
/**
 * Lull
 * 1
 * DO NOT MODIFY - This file has been generated using oazapfts.
 * See https://www.npmjs.com/package/oazapfts
 */
import * as Oazapfts from "@oazapfts/runtime";
import * as QS from "@oazapfts/runtime/query";
export const defaults: Oazapfts.Defaults<Oazapfts.CustomHeaders> = {
    headers: {},
    baseUrl: "/api/v1"
};
const oazapfts = Oazapfts.runtime(defaults);
export const servers = {
    server1: "/api/v1"
};
export type Scope = {
    id: number;
    name: string;
    description: string;
    /** internal: it, its services and their maintenances are seen with a token alone, and in internal channels. */
    visibility: "public" | "internal";
    /** How long before its start a maintenance is reminded of, in minutes; empty: not at all. A run of a series is reminded of only once the window before it has been over for an hour. */
    reminders: number[];
    /** A second person approves each maintenance that touches it, or it does not start. */
    requires_approval: boolean;
};
export type Problem = {
    /** A URI that ends in the code of the error and leads to its documentation. All codes are at /api/docs/errors. */
    "type": string;
    title: string;
    status: number;
    /** What was wrong, and what to do. */
    detail: string;
    /** The parameters of the code, as its documentation lists them. */
    params?: {
        [key: string]: any;
    };
    /** Every field that is wrong. */
    errors?: {
        field: string;
        code: string;
        message: string;
        /** The parameters of the code, as its documentation lists them. */
        params?: {
            [key: string]: any;
        };
    }[];
    /** With 409 and 412: the version there is now. */
    version?: number;
};
export type NewScope = {
    name: string;
    description?: string | null;
    /** internal: it, its services and their maintenances are seen with a token alone, and in internal channels. */
    visibility?: "public" | "internal";
};
export type ScopeEdit = {
    name?: string;
    description?: string | null;
    /** internal: it, its services and their maintenances are seen with a token alone, and in internal channels. */
    visibility?: "public" | "internal";
    /** How long before its start a maintenance is reminded of, in minutes; empty: not at all. A run of a series is reminded of only once the window before it has been over for an hour. */
    reminders?: number[];
    /** A second person approves each maintenance that touches it, or it does not start. */
    requires_approval?: boolean;
};
export type Service = {
    id: number;
    name: string;
    scope: number | null;
    description: string;
    /** internal: it is seen with a token alone, and not named in public channels. */
    visibility: "public" | "internal";
    /** What it is for its users now, the windows in progress considered. */
    status: "up" | "degraded" | "down";
    /** Slack user ids; none for a reader without a token. */
    owners: string[];
    /** None for a reader without a token. */
    checks: string[];
};
export type NewService = {
    name: string;
    scope?: number | null;
    description?: string | null;
    /** internal: it is seen with a token alone, and not named in public channels. */
    visibility?: "public" | "internal";
    /** Slack user ids. */
    owners?: string[];
};
export type ServiceEdit = {
    name?: string;
    scope?: number | null;
    description?: string | null;
    /** internal: it is seen with a token alone, and not named in public channels. */
    visibility?: "public" | "internal";
    owners?: string[];
    /** Windows in progress follow: what joins goes off, what leaves comes on again. */
    checks?: string[];
};
export type Check = {
    id: string;
    name: string;
    services: number[];
    provider: string;
    external_id: string;
    /** Whether an external monitor should make this check now. */
    enabled: boolean;
    /** The maintenances in progress that want it off. */
    muted_by: number[];
    tags: string[];
};
export type NewCheck = {
    name: string;
    services?: number[];
    provider?: string;
    external_id?: string | null;
    enabled?: boolean;
    tags?: string[];
};
export type CheckEdit = {
    name?: string;
    /** Windows in progress follow: where it joins it goes off. */
    services?: number[];
    tags?: string[];
    /** Of the builtin register: whether an external monitor should make it now. Of another provider: 409, as it is switched there. */
    enabled?: boolean;
};
export type Provider = {
    name: string;
    kind: string;
    /** By the fields of its kind; shown to whoever may read. */
    settings: {
        [key: string]: any;
    };
    /** false: windows do not switch its checks, and what they have off goes on again. */
    enabled: boolean;
    /** How many checks of it are known to Lull. */
    checks: number;
    /** Whether it answered when it was asked last. */
    healthy: boolean;
    last_ok: string | null;
    last_error: string | null;
    /** The last one, whatever came since. */
    last_error_text: string | null;
    /** When its list of checks was last gone through. */
    last_sync: string | null;
    version: number;
    creation_date: string;
};
export type NewProvider = {
    name: string;
    kind: string;
    /** By the fields of its kind; shown to whoever may read. */
    settings?: {
        [key: string]: any;
    };
    /** By the fields of its kind; sealed, and never shown. env:LULL_SECRET_NAME stands for a variable of the environment that is bound to the host by LULL_SECRET_HOSTS; not where several workspaces share Lull. */
    credentials?: {
        [key: string]: any;
    };
    /** false: windows do not switch its checks, and what they have off goes on again. */
    enabled?: boolean;
};
export type ProviderKind = {
    kind: string;
    title: string;
    /** The documentation it was written from, where it was never tried against the live service. */
    written_from: string[];
    /** A JSON Schema. */
    settings: {
        [key: string]: any;
    };
    /** A JSON Schema. */
    credentials: {
        [key: string]: any;
    };
};
export type ProviderEdit = {
    /** By the fields of its kind; shown to whoever may read. */
    settings?: {
        [key: string]: any;
    };
    /** By the fields of its kind; sealed, and never shown. env:LULL_SECRET_NAME stands for a variable of the environment that is bound to the host by LULL_SECRET_HOSTS; not where several workspaces share Lull. */
    credentials?: {
        [key: string]: any;
    };
    /** false: windows do not switch its checks, and what they have off goes on again. */
    enabled?: boolean;
};
export type Sync = {
    provider: string;
    /** Stands for this very difference: another one is not applied. */
    seen: string;
    /** Over there, and not known to Lull: they are added. */
    added: {
        external_id: string;
        name: string;
        enabled: boolean;
        tags: string[];
    }[];
    /** Known to Lull, and not over there any more: they are removed; their past stays. */
    removed: {
        id: string;
        external_id: string;
        name: string;
    }[];
    /** Named or tagged otherwise over there, which Lull takes over. */
    changed: {
        id: string;
        external_id: string;
        before: {
            name: string;
            tags: string[];
        };
        after: {
            name: string;
            tags: string[];
        };
    }[];
};
export type SyncRequest = {
    /** Stands for this very difference: another one is not applied. */
    seen: string;
};
export type Maintenance = {
    id: number;
    key: string;
    name: string;
    service_status: "up" | "degraded" | "down";
    risk: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description: string;
    external_reference: string | null;
    external_link: string | null;
    visibility: "public" | "internal";
    status: "scheduled" | "in-progress" | "succeed" | "failed" | "canceled";
    /** The whole window passed while Lull was not running. */
    missed: boolean;
    scope: number | null;
    /** The first of its services. */
    service: number | null;
    services: number[];
    /** The checks it names; null: those of its services. */
    checks: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows: boolean;
    timezone: string;
    scheduled_start_date: string;
    scheduled_end_date: string;
    start_date: string | null;
    end_date: string | null;
    /** While it is in progress: when it will end by itself. Otherwise null. */
    ends_at: string | null;
    /** null for a reader without a token. */
    owner: string | null;
    /** pending or declined: it does not start before a second person approves it. null: it needs no approval. */
    approval: ("pending" | "approved" | "declined" | null) | ("pending" | "approved" | "declined" | null);
    /** The series that made it; null: a window of its own. */
    series: number | null;
    /** The instant of the series it stands for, unchanged when moved. */
    occurrence: string | null;
    /** following: it changes with its series. detached: it was changed by hand. skipped: by a person. frozen: skipped because of a freeze. withdrawn: canceled because the series changed. */
    run: ("following" | "detached" | "skipped" | "frozen" | "withdrawn" | null) | ("following" | "detached" | "skipped" | "frozen" | "withdrawn" | null);
    /** The reasons of the freezes that skipped or moved it; null: none did, or this is a public response. */
    freeze_reason: string | null;
    /** The one that is over and that this one goes on with. null for a reader without a token. */
    reopens: number | null;
    /** Counts its changes. */
    version: number;
    creation_date: string;
    update_date: string;
};
export type NewMaintenance = {
    name: string;
    /** What its services are during it. */
    service_status?: "up" | "degraded" | "down";
    /** How likely the work is to cause more trouble than planned. null: not rated. */
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description?: string | null;
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    /** By default the one that its services live in. */
    scope?: number | null;
    /** One service; the same as a list of one. */
    service?: number | null;
    services?: number[];
    /** The checks it names; null: those of its services. */
    checks?: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector?: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows?: boolean;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    scheduled_start_date: string;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    scheduled_end_date: string;
    /** The IANA zone that its times are said in, also for those sent without an offset. By default the account's. */
    timezone?: string;
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
};
export type Mute = {
    check: string;
    name: string;
    /** pending: being switched off. disabled: Lull has, or had, it off. skipped: it was off already. failed: its provider refused. overridden: somebody else switched it on meanwhile. */
    outcome: "pending" | "muted" | "already_muted" | "failed" | "unmuted_by_hand";
    /** When the window began to want it off. */
    muted_date: string;
    /** When the outcome came about, or was last tried for. */
    outcome_date: string | null;
    /** When the window wanted it no longer. */
    end_date: string | null;
    /** When it was as it should be without this window. */
    release_date: string | null;
    released: boolean;
    error: string | null;
    /** Whether it failed just before it was muted; null when that is not known. */
    failing_before: boolean | null;
};
export type MaintenanceWithMutes = Maintenance & {
    /** What became of its checks. None for a reader without a token. */
    mutes: Mute[];
};
export type WholeMaintenance = NewMaintenance & {
    /** The version the change was made on. When it has another one by now, the answer is 409. */
    version?: number;
    /** Kept by Lull; not read. */
    id?: any;
    /** Kept by Lull; not read. */
    key?: any;
    /** Kept by Lull; not read. */
    status?: any;
    /** Kept by Lull; not read. */
    missed?: any;
    /** Only while it is in progress: when it is to end. Its plan follows, unless it started early. null: as it is. */
    ends_at?: string | null;
    /** Kept by Lull; not read. */
    start_date?: any;
    /** Kept by Lull; not read. */
    end_date?: any;
    /** Kept by Lull; not read. */
    owner?: any;
    /** Kept by Lull; not read. */
    approval?: any;
    /** Kept by Lull; not read. */
    series?: any;
    /** Kept by Lull; not read. */
    occurrence?: any;
    /** Kept by Lull; not read. */
    run?: any;
    /** Kept by Lull; not read. */
    freeze_reason?: any;
    /** Kept by Lull; not read. */
    reopens?: any;
    /** Kept by Lull; not read. */
    creation_date?: any;
    /** Kept by Lull; not read. */
    update_date?: any;
    /** Kept by Lull; not read. */
    mutes?: any;
};
export type MaintenanceEdit = {
    name?: string;
    service_status?: "up" | "degraded" | "down";
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description?: string | null;
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    scope?: number | null;
    services?: number[];
    /** The checks it names; null: those of its services. */
    checks?: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector?: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows?: boolean;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    scheduled_start_date?: string;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    scheduled_end_date?: string;
    /** Only while it is in progress: when it is to end. Its plan follows, unless it started early. null: as it is. */
    ends_at?: string | null;
    /** The IANA zone that its times are said in, also for those sent without an offset. By default the account's. */
    timezone?: string;
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
    /** The version the change was made on. When it has another one by now, the answer is 409. */
    version?: number;
};
export type Start = {
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
};
export type Finish = {
    status?: "succeed" | "failed";
    note?: string;
};
export type Reopen = {
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
};
export type Extend = {
    /** Minutes to add to the current end, again with each request. Give either this or `until`. */
    minutes?: number;
    /** The new end. A maintenance that ends then already stays as it is, so the request can be repeated. */
    until?: string;
    /** The IANA zone that its times are said in, also for those sent without an offset. By default the account's. */
    timezone?: string;
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
};
export type Move = {
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    scheduled_start_date: string;
    /** Left out: it keeps its length. */
    scheduled_end_date?: string;
    /** The IANA zone that its times are said in, also for those sent without an offset. By default the account's. */
    timezone?: string;
    /** Why a freeze that blocks should not hold; for admins. */
    override_reason?: string;
};
export type Cancel = {
    reason?: string;
};
export type Comment = {
    id: number;
    comment: string;
    internal: boolean;
    /** Whether its text was changed since. */
    edited: boolean;
    /** null for a reader without a token. */
    author: string | null;
    source: string;
    creation_date: string;
};
export type NewComment = {
    comment: string;
    /** Only for those who read with a token, and for internal channels. */
    internal?: boolean;
};
export type CommentEdit = {
    comment?: string;
    /** Only for those who read with a token, and for internal channels. */
    internal?: boolean;
};
export type Event = {
    id: number;
    at: string;
    actor: string;
    source: string;
    "type": "maintenance.scheduled" | "maintenance.changed" | "maintenance.corrected" | "maintenance.rescheduled" | "maintenance.reminded" | "maintenance.started" | "maintenance.extended" | "maintenance.finished" | "maintenance.canceled" | "maintenance.skipped" | "maintenance.approval_expired" | "maintenance.missed" | "maintenance.reopened" | "maintenance.deleted" | "maintenance.owner_deactivated" | "maintenance.announcement_failed" | "maintenance.approved" | "maintenance.declined" | "maintenance.freeze_skipped" | "maintenance.freeze_moved" | "maintenance.freeze_entered" | "maintenance.freeze_overridden" | "maintenance.commented" | "maintenance.comment_changed" | "maintenance.comment_deleted" | "maintenance.checks_switched" | "maintenance.checks_unhealthy" | "webhook.disabled";
    /** Not told in public channels. */
    internal: boolean;
    /** The fields that changed, as they were. */
    before: {
        [key: string]: any;
    } | {
        [key: string]: any;
    };
    /** The fields that changed, as they became. */
    after: {
        [key: string]: any;
    } | {
        [key: string]: any;
    };
};
export type Series = {
    id: number;
    key: string;
    name: string;
    service_status: "up" | "degraded" | "down";
    risk: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description: string;
    external_reference: string | null;
    external_link: string | null;
    visibility: "public" | "internal";
    /** False while it is paused. */
    enabled: boolean;
    cron: string;
    words: string;
    timezone: string;
    duration_minutes: number;
    /** What happens to a run in a freeze that blocks. skip: it does not take place. move: it takes place right after the freeze, or is skipped where the next run would start before its end. */
    during_freeze: "skip" | "move";
    scope: number | null;
    services: number[];
    /** The checks it names; null: those of its services. */
    checks: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows: boolean;
    /** null for a reader without a token. */
    owner: string | null;
    /** Runs that end until then start approved. null: each run needs its own approval, where its scopes require one. */
    approved_until: string | null;
    next_run: {
        id: number;
        start: string;
        end: string;
    } | null;
    version: number;
    creation_date: string;
    update_date: string;
};
export type NewSeries = {
    name: string;
    /** What its services are during it. */
    service_status?: "up" | "degraded" | "down";
    /** How likely the work is to cause more trouble than planned. null: not rated. */
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description?: string | null;
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    /** Five fields: minute, hour, day of the month, month, day of the week, on the clocks of `timezone`. */
    cron: string;
    timezone?: string;
    duration_minutes: number;
    /** What happens to a run in a freeze that blocks. skip: it does not take place. move: it takes place right after the freeze, or is skipped where the next run would start before its end. */
    during_freeze?: "skip" | "move";
    scope?: number | null;
    services?: number[];
    checks?: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector?: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows?: boolean;
};
export type WholeSeries = NewSeries & {
    /** The version the change was made on. When it has another one by now, the answer is 409. */
    version?: number;
    /** Kept by Lull; not read. */
    id?: any;
    /** Kept by Lull; not read. */
    key?: any;
    /** Kept by Lull; not read. */
    enabled?: any;
    /** Kept by Lull; not read. */
    words?: any;
    /** Kept by Lull; not read. */
    owner?: any;
    /** Kept by Lull; not read. */
    approved_until?: any;
    /** Kept by Lull; not read. */
    next_run?: any;
    /** Kept by Lull; not read. */
    creation_date?: any;
    /** Kept by Lull; not read. */
    update_date?: any;
};
export type SeriesEdit = {
    name?: string;
    service_status?: "up" | "degraded" | "down";
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    description?: string | null;
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    /** Five fields: minute, hour, day of the month, month, day of the week, on the clocks of `timezone`. */
    cron?: string;
    timezone?: string;
    duration_minutes?: number;
    /** What happens to a run in a freeze that blocks. skip: it does not take place. move: it takes place right after the freeze, or is skipped where the next run would start before its end. */
    during_freeze?: "skip" | "move";
    scope?: number | null;
    services?: number[];
    checks?: string[] | null;
    /** Chooses checks beside those: by tag:, service:, scope:, provider:, name: or a bare name, with * and ?; a comma is "or", a minus "not". null: none. */
    selector?: string | null;
    /** true: what it chooses is kept up to date while a window runs. false: it is chosen at the start. */
    selector_follows?: boolean;
    /** The version the change was made on. When it has another one by now, the answer is 409. */
    version?: number;
};
export type Pause = {
    /** What becomes of the runs that are scheduled already; to be said when there are any. */
    runs?: "keep" | "cancel";
};
export type Resume = {};
export type SeriesOverride = {
    /** Why they cannot wait, which is recorded and shown in their threads. */
    override_reason: string;
    /** The starts of the runs, as the series says them (`occurrence` of a run). */
    runs?: string[];
    /** Instead of `runs`: all that start until then. */
    until?: string;
};
export type Skip = {
    /** The id of the run that was shown as the next one: no other is skipped in its place, and the request can be repeated. */
    run?: number;
};
export type SeriesPreview = {
    /** Five fields: minute, hour, day of the month, month, day of the week, on the clocks of `timezone`. */
    cron: string;
    timezone: string;
    duration_minutes: number;
    /** Those that start after this instant, ascending; by default now. */
    after?: string;
    /** Those that start before this instant, newest first. */
    before?: string;
    count?: number;
};
export type Freeze = {
    id: number;
    scope: number | null;
    /** once: from start to end. recurring: for each period of its cron line between them. calendar: for each event of its calendar. */
    kind: "once" | "recurring" | "calendar";
    start: string;
    /** Required unless the freeze recurs: then it says when the last period ends. null: it has no end. */
    end: string | null;
    cron: string | null;
    timezone: string | null;
    duration_minutes: number | null;
    /** Without what may be a secret. */
    calendar_url: string | null;
    /** Since when the calendar cannot be read; the last events read still apply. null: it can be read. */
    failing_since: string | null;
    failure: string | null;
    /** When the period that it is in, or the next one, starts; null: there is none. */
    next_start: string | null;
    next_end: string | null;
    reason: string;
    /** block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked. */
    effect: "block" | "warn";
    created_by: string;
    creation_date: string;
};
export type NewFreeze = {
    /** Left out: everything. */
    scope?: number | null;
    /** Required unless the freeze recurs: then it begins now when it is left out. */
    start?: string;
    /** Required unless the freeze recurs: then it says when the last period ends. null: it has no end. */
    end?: string;
    /** The freeze recurs: it holds for `duration_minutes` from each time that matches this cron line on the wall clock of `timezone`. null: it does not recur. */
    cron?: string | null;
    /** How long each period of a recurring freeze is. */
    duration_minutes?: number | null;
    /** The freeze holds during the events of this iCal calendar, which is read every 15 minutes: those of the next five years that are not canceled, at most 2000. All-day events are in the time zone of the account. */
    calendar_url?: string;
    /** Of times without an offset. */
    timezone?: string;
    reason: string;
    /** block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked. */
    effect?: "block" | "warn";
};
export type FreezeEdit = {
    scope?: number | null;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    start?: string;
    /** ISO 8601 with an offset or Z; without one, as the clocks of `timezone` show it, else those of the account. A time that is skipped when clocks go forward is the end of the gap; of one that comes twice when they go back, the first is meant. */
    end?: string;
    /** The freeze recurs: it holds for `duration_minutes` from each time that matches this cron line on the wall clock of `timezone`. null: it does not recur. */
    cron?: string | null;
    /** How long each period of a recurring freeze is. */
    duration_minutes?: number | null;
    /** The freeze holds during the events of this iCal calendar, which is read every 15 minutes: those of the next five years that are not canceled, at most 2000. All-day events are in the time zone of the account. */
    calendar_url?: string;
    /** Of times without an offset. */
    timezone?: string;
    reason?: string;
    /** block: a maintenance in it is refused unless an admin overrides it. warn: it is remarked. */
    effect?: "block" | "warn";
};
export type Subscription = {
    id: number;
    channel: string;
    /** public: it hears of what is public, and not of who did it, nor of checks. */
    audience: "internal" | "public";
    scope: number | null;
    service: number | null;
    /** failing: nothing can be posted to the channel. */
    status: "ok" | "failing";
    /** Since when nothing can be posted to the channel. */
    failing_since: string | null;
    /** Why nothing can be posted to the channel: Slack's code, and a sentence. */
    reason: {
        code: string;
        text: string;
    } | null;
};
export type NewSubscription = {
    channel: string;
    /** public: it hears of what is public, and not of who did it, nor of checks. */
    audience?: "internal" | "public";
    scope?: number | null;
    /** Neither a scope nor a service: everything. */
    service?: number | null;
};
export type SubscriptionEdit = {
    /** public: it hears of what is public, and not of who did it, nor of checks. */
    audience: "internal" | "public";
};
export type Now = {
    in_maintenance: boolean;
    /** When the last of those in progress ends; null: there is none. */
    until: string | null;
    /** Those in progress, the first to end first. */
    maintenances: Maintenance[];
    /** The next one that is scheduled. */
    next: Maintenance | null;
};
export type Sentence = {
    text: string;
    /** The reader's own; by default the account's. */
    timezone?: string;
    /** By default the present. */
    now?: string;
    locale?: string;
};
export type Reading = {
    outcome: "window";
    start: string;
    end: string;
    /** The IANA zone that the times were said in. */
    timezone: string;
    duration_minutes: number;
    /** What was not said and taken to be so. */
    assumed: string[];
    /** What a person should know of how it was read. */
    notices: string[];
    services: number[];
    name?: string;
    service_status?: "up" | "degraded" | "down";
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    /** Chooses checks. */
    selector?: string;
} | {
    outcome: "series";
    cron: string;
    words: string;
    /** The next five windows. */
    next: {
        start: string;
        end: string;
        /** What a clock change did to its start. */
        notice?: string;
    }[];
    /** The IANA zone that the times were said in. */
    timezone: string;
    duration_minutes: number;
    /** What was not said and taken to be so. */
    assumed: string[];
    /** What a person should know of how it was read. */
    notices: string[];
    services: number[];
    name?: string;
    service_status?: "up" | "degraded" | "down";
    risk?: ("low" | "medium" | "high" | null) | ("low" | "medium" | "high" | null);
    external_reference?: string | null;
    external_link?: string | null;
    visibility?: "public" | "internal";
    /** Chooses checks. */
    selector?: string;
} | {
    outcome: "question";
    question: string;
    /** Each text is the whole sentence again, with one meaning. */
    choices: {
        label: string;
        text: string;
    }[];
} | {
    outcome: "refusal";
    reason: string;
    example: string;
};
export type Token = {
    id: number;
    name: string;
    /** read: see everything. write: schedule and run maintenances, too. admin: everything. */
    rights: "read" | "write" | "admin";
    scopes: number[] | null;
    /** The Slack id of the person to whom it belongs. It has at most their current role, and is suspended while they are deactivated, a guest or without a role. null: a service token. */
    owner: string | null;
    /** Of a service token. null: it belongs to a person. */
    purpose: string | null;
    /** The id of the token that created it. It is revoked with that one. */
    created_with: number | null;
    made_by: string;
    creation_date: string;
    expiry_date: string | null;
    /** As far as a minute back. */
    last_use_date: string | null;
};
export type NewToken = {
    name: string;
    /** read: see everything. write: schedule and run maintenances, too. admin: everything. */
    rights?: "read" | "write" | "admin";
    /** Limits it to windows that touch these scopes alone; they mute only checks whose services are all in them. Left out: everything. */
    scopes?: number[] | null;
    /** Makes it a service token, which belongs to no person and keeps working when people leave. The admin token creates only service tokens: left out, the purpose is the name. Tokens of people cannot create them. */
    purpose?: string | null;
    /** Left out: 365. null: never. */
    expires_after_days?: number | null;
};
export type MadeToken = Token & {
    /** The token itself. It is not kept and cannot be shown again. */
    token: string;
};
export type Calendar = {
    id: number;
    name: string;
    scopes: number[];
    services: number[];
    /** The Slack id of the person to whom it belongs. It answers only while they can see maintenances. null: it belongs to no person. */
    owner: string | null;
    /** The id of the token that created it. It expires and is revoked with that one. */
    created_with: number | null;
    made_by: string;
    creation_date: string;
};
export type NewCalendar = {
    name: string;
    /** It is of these, and of the services. Empty: of all. */
    scopes?: number[];
    services?: number[];
};
export type MadeCalendar = Calendar & {
    /** Where calendars read it. Whoever has it sees what is internal; it is not kept and cannot be shown again. */
    address: string;
};
export type AuditEvent = {
    id: number;
    date: string;
    actor: {
        id: string;
        name: string;
        source: string;
    };
    "type": "maintenance.scheduled" | "maintenance.changed" | "maintenance.corrected" | "maintenance.rescheduled" | "maintenance.reminded" | "maintenance.started" | "maintenance.extended" | "maintenance.finished" | "maintenance.canceled" | "maintenance.skipped" | "maintenance.approval_expired" | "maintenance.missed" | "maintenance.reopened" | "maintenance.deleted" | "maintenance.owner_deactivated" | "maintenance.announcement_failed" | "maintenance.approved" | "maintenance.declined" | "maintenance.freeze_skipped" | "maintenance.freeze_moved" | "maintenance.freeze_entered" | "maintenance.freeze_overridden" | "maintenance.commented" | "maintenance.comment_changed" | "maintenance.comment_deleted" | "maintenance.checks_switched" | "maintenance.checks_unhealthy" | "webhook.disabled" | "role.granted" | "token.created" | "token.revoked" | "workspace.installed" | "workspace.uninstalled" | "account.added" | "ad_hoc.added" | "ad_hoc.changed" | "ad_hoc.removed" | "calendar.created" | "calendar.revoked" | "scope.added" | "scope.changed" | "scope.removed" | "service.added" | "service.changed" | "service.removed" | "check.added" | "check.changed" | "check.removed" | "check.switched" | "checks.switched" | "provider.added" | "provider.changed" | "provider.removed" | "provider.synced" | "freeze.added" | "freeze.changed" | "freeze.removed" | "series.scheduled" | "series.changed" | "series.paused" | "series.resumed" | "series.approved" | "series.approval_ended" | "series.deleted" | "series.freeze_overridden" | "series.runs_planned" | "settings.changed" | "channel.subscribed" | "channel.unsubscribed" | "webhook.added" | "webhook.changed" | "webhook.removed" | "webhook.secret_rotated";
    maintenance: number | null;
    subject: string | null;
    internal: boolean;
    /** The fields that changed, as they were. */
    before: {
        [key: string]: any;
    } | {
        [key: string]: any;
    };
    /** The fields that changed, as they became. */
    after: {
        [key: string]: any;
    } | {
        [key: string]: any;
    };
};
export type CatalogueScope = {
    name: string;
    description?: string;
    visibility?: "public" | "internal";
    /** Minutes before the start; empty: none. */
    reminders?: number[];
    requires_approval?: boolean;
};
export type CatalogueService = {
    name: string;
    scope?: string | null;
    description?: string;
    visibility?: "public" | "internal";
    owners?: string[];
};
export type CatalogueCheck = {
    provider?: string;
    external_id: string;
    name: string;
    tags?: string[];
    /** With its scope, if it is in one: `Production/api`. */
    services?: string[];
};
export type CatalogueSubscription = {
    channel: string;
    audience?: "internal" | "public";
    scope?: string | null;
    service?: string | null;
};
export type WholeCatalogue = {
    scopes: CatalogueScope[];
    services: CatalogueService[];
    checks: CatalogueCheck[];
    subscriptions: CatalogueSubscription[];
};
export type Catalogue = {
    scopes?: CatalogueScope[];
    services?: CatalogueService[];
    checks?: CatalogueCheck[];
    subscriptions?: CatalogueSubscription[];
};
export type CatalogueChange = {
    section: "scopes" | "services" | "checks" | "subscriptions";
    name: string;
    change: "add" | "change" | "remove";
    /** The fields that differ, as they were. */
    before: {
        [key: string]: string | number | boolean | null | (string | number)[];
    };
    /** The fields that differ, as they are to be. */
    after: {
        [key: string]: string | number | boolean | null | (string | number)[];
    };
};
export type CatalogueChanges = {
    applied: boolean;
    changes: CatalogueChange[];
};
export type Webhook = {
    id: number;
    /** Its scheme, its host and the beginning of its path. The whole address may hold a secret and is not shown. */
    url: string;
    description: string;
    /** Of which it hears: maintenance.scheduled, maintenance.changed, maintenance.corrected, maintenance.rescheduled, maintenance.approved, maintenance.declined, maintenance.approval_expired, maintenance.reminded, maintenance.started, maintenance.extended, maintenance.finished, maintenance.canceled, maintenance.skipped, maintenance.missed, maintenance.reopened, maintenance.deleted, maintenance.checks_switched, maintenance.checks_unhealthy, maintenance.commented, maintenance.comment_changed, maintenance.comment_deleted, maintenance.freeze_skipped, maintenance.freeze_moved, ping. Empty: of all. */
    events: string[];
    /** public: it hears of public maintenances and comments alone, and not of who did what. */
    audience: "internal" | "public";
    enabled: boolean;
    /** Why Lull disabled it. */
    disabled_reason: string | null;
    /** Since when nothing was delivered. */
    failing_since: string | null;
    made_by: string;
    creation_date: string;
    version: number;
};
export type NewWebhook = {
    url: string;
    description?: string;
    /** Of which it hears: maintenance.scheduled, maintenance.changed, maintenance.corrected, maintenance.rescheduled, maintenance.approved, maintenance.declined, maintenance.approval_expired, maintenance.reminded, maintenance.started, maintenance.extended, maintenance.finished, maintenance.canceled, maintenance.skipped, maintenance.missed, maintenance.reopened, maintenance.deleted, maintenance.checks_switched, maintenance.checks_unhealthy, maintenance.commented, maintenance.comment_changed, maintenance.comment_deleted, maintenance.freeze_skipped, maintenance.freeze_moved, ping. Empty: of all. */
    events?: string[];
    /** public: it hears of public maintenances and comments alone, and not of who did what. */
    audience?: "internal" | "public";
};
export type MadeWebhook = Webhook & {
    /** What its messages are signed with (Standard Webhooks). Shown this once. */
    secret: string;
};
export type WebhookEdit = {
    url?: string;
    description?: string;
    /** Of which it hears: maintenance.scheduled, maintenance.changed, maintenance.corrected, maintenance.rescheduled, maintenance.approved, maintenance.declined, maintenance.approval_expired, maintenance.reminded, maintenance.started, maintenance.extended, maintenance.finished, maintenance.canceled, maintenance.skipped, maintenance.missed, maintenance.reopened, maintenance.deleted, maintenance.checks_switched, maintenance.checks_unhealthy, maintenance.commented, maintenance.comment_changed, maintenance.comment_deleted, maintenance.freeze_skipped, maintenance.freeze_moved, ping. Empty: of all. */
    events?: string[];
    /** public: it hears of public maintenances and comments alone, and not of who did what. */
    audience?: "internal" | "public";
    /** true: it is told of what waited for it. */
    enabled?: boolean;
};
export type Delivery = {
    /** The `webhook-id` of the message, the same at every try. */
    id: string;
    "type": string;
    maintenance: number | null;
    /** skipped: not for its audience. failed: given up on after a day, or because the address was gone. */
    state: "waiting" | "delivered" | "skipped" | "failed";
    attempts: number;
    /** When a waiting one is tried next. */
    due_date: string | null;
    /** The HTTP status of the last answer. */
    status: number | null;
    error: string | null;
    /** How the last answer began. */
    answer: string | null;
    /** What was sent. */
    body: string | null;
    creation_date: string;
    delivery_date: string | null;
};
export type FailingChannel = {
    channel: string;
    /** Since when nothing can be posted to the channel. */
    failing_since: string;
    /** Why nothing can be posted to the channel: Slack's code, and a sentence. */
    reason: {
        code: string;
        text: string;
    };
};
export type Settings = {
    /** Of people and tools that name none. */
    timezone: string;
    /** The Slack channel that hears of every maintenance; null: none. */
    default_channel: string | null;
    /** What members of the workspace are who were given no role. Its admins are admins always. */
    default_role: "none" | "viewer" | "operator" | "approver";
    /** How many minutes after a window the checks that it switched on again are looked at once more; 0: never. */
    post_check_after: number;
    /** Whether anyone can read public maintenance without a token: the status page, its feeds, the calendar, and the interfaces for tools. Off for workspaces that installed Lull from Slack, until an admin turns it on. */
    anonymous_reads: boolean;
    /** Channels that nothing can be posted to. A channel leaves the list once it takes a message again. */
    failing_channels: FailingChannel[];
};
export type SettingsEdit = {
    /** Of people and tools that name none. */
    timezone?: string;
    /** The Slack channel that hears of every maintenance; null: none. */
    default_channel?: string | null;
    /** What members of the workspace are who were given no role. Its admins are admins always. */
    default_role?: "none" | "viewer" | "operator" | "approver";
    /** How many minutes after a window the checks that it switched on again are looked at once more; 0: never. */
    post_check_after?: number;
    /** Whether anyone can read public maintenance without a token: the status page, its feeds, the calendar, and the interfaces for tools. Off for workspaces that installed Lull from Slack, until an admin turns it on. */
    anonymous_reads?: boolean;
};
/**
 * List scopes
 */
export function listScopes({ q, limit, cursor, order, account, ifNoneMatch }: {
    q?: string[];
    limit?: number;
    cursor?: string;
    order?: "name" | "-name" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Scope[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/scopes${QS.query(QS.explode({
        q,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Add a scope
 */
export function createScope(newScope: NewScope, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Scope;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/scopes", oazapfts.json({
        ...opts,
        method: "POST",
        body: newScope,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One scope
 */
export function getScope(id: number, { account, ifNoneMatch }: {
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Scope;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/scopes/${encodeURIComponent(id)}${QS.query(QS.explode({
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a scope; the maintenances that are scheduled already follow
 */
export function updateScope(id: number, scopeEdit: ScopeEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Scope;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/scopes/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: scopeEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a scope that has no services and that nothing open needs; what is past still names it
 */
export function deleteScope(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Scope;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/scopes/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * List services, with the status they have for their users now
 */
export function listServices({ scope, q, limit, cursor, order, account, ifNoneMatch }: {
    scope?: number[];
    q?: string[];
    limit?: number;
    cursor?: string;
    order?: "name" | "-name" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Service[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/services${QS.query(QS.explode({
        scope,
        q,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Add a service
 */
export function createService(newService: NewService, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Service;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/services", oazapfts.json({
        ...opts,
        method: "POST",
        body: newService,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One service, with the status it has for its users now
 */
export function getService(id: number, { account, ifNoneMatch }: {
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Service;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/services/${encodeURIComponent(id)}${QS.query(QS.explode({
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a service; what is left out stays as it is
 */
export function updateService(id: number, serviceEdit: ServiceEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Service;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/services/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: serviceEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a service that nothing open needs; what is past still names it, its checks stay
 */
export function deleteService(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Service;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/services/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * List checks
 */
export function listChecks({ service, provider, tag, enabled, q, limit, cursor, order, account, ifNoneMatch }: {
    service?: number[];
    provider?: string[];
    tag?: string[];
    enabled?: "true" | "false";
    q?: string[];
    limit?: number;
    cursor?: string;
    order?: "name" | "-name" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Check[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/checks${QS.query(QS.explode({
        service,
        provider,
        tag,
        enabled,
        q,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Add a check
 */
export function createCheck(newCheck: NewCheck, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Check;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/checks", oazapfts.json({
        ...opts,
        method: "POST",
        body: newCheck,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One check: `enabled` says whether an external monitor should make it now
 */
export function getCheck(id: string, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Check;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/checks/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a check, or switch one of the builtin register; what is left out stays as it is
 */
export function updateCheck(id: string, checkEdit: CheckEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Check;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/checks/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: checkEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a check from Lull; where a window has it off it is switched on again
 */
export function deleteCheck(id: string, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Check;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/checks/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * List the monitoring systems that are connected, each with its health
 */
export function listProviders({ limit, cursor, order, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "name" | "-name";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Provider[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers${QS.query(QS.explode({
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Connect a monitoring system
 */
export function createProviders(newProvider: NewProvider, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Provider;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/providers", oazapfts.json({
        ...opts,
        method: "POST",
        body: newProvider,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * List the kinds of monitoring systems that can be connected, with their fields
 */
export function listProvidersKinds({ ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: ProviderKind[];
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/providers/kinds", {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * One monitoring system with its health
 */
export function getProviders(name: string, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Provider;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers/${encodeURIComponent(name)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change what a monitoring system is connected with, or whether it is used
 */
export function updateProviders(name: string, providerEdit: ProviderEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Provider;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers/${encodeURIComponent(name)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: providerEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a monitoring system with its checks; refused while Lull has any of them off
 */
export function deleteProviders(name: string, { abandon, ifMatch }: {
    abandon?: "true" | "false";
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Provider;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers/${encodeURIComponent(name)}${QS.query(QS.explode({
        abandon
    }))}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * What differs between the checks of a monitoring system and those known to Lull; changes nothing
 */
export function listProvidersSync(name: string, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Sync;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers/${encodeURIComponent(name)}/sync`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Apply a difference that was seen: checks come, go, and take over names and tags
 */
export function createProvidersSync(name: string, syncRequest: SyncRequest, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Sync;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/providers/${encodeURIComponent(name)}/sync`, oazapfts.json({
        ...opts,
        method: "POST",
        body: syncRequest,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * List maintenances
 */
export function listMaintenances({ status, scope, service, serviceStatus, risk, externalReference, series, q, startBefore, startAfter, endBefore, endAfter, updatedAfter, timezone, limit, cursor, order, account, ifNoneMatch }: {
    status?: ("scheduled" | "in-progress" | "succeed" | "failed" | "canceled")[];
    scope?: number[];
    service?: number[];
    serviceStatus?: ("up" | "degraded" | "down")[];
    risk?: ("low" | "medium" | "high" | "none")[];
    externalReference?: string[];
    series?: number[];
    q?: string[];
    startBefore?: string[];
    startAfter?: string[];
    endBefore?: string[];
    endAfter?: string[];
    updatedAfter?: string[];
    timezone?: string;
    limit?: number;
    cursor?: string;
    order?: "scheduled_start_date" | "-scheduled_start_date" | "update_date" | "-update_date" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Maintenance[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances${QS.query(QS.explode({
        status,
        scope,
        service,
        service_status: serviceStatus,
        risk,
        external_reference: externalReference,
        series,
        q,
        start_before: startBefore,
        start_after: startAfter,
        end_before: endBefore,
        end_after: endAfter,
        updated_after: updatedAfter,
        timezone,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Schedule a maintenance
 */
export function createMaintenance(newMaintenance: NewMaintenance, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/maintenances", oazapfts.json({
        ...opts,
        method: "POST",
        body: newMaintenance,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One maintenance, with what became of its checks
 */
export function getMaintenance(id: number, { account, ifNoneMatch }: {
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: MaintenanceWithMutes;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}${QS.query(QS.explode({
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a maintenance as a whole: what is left out is as in a new one
 */
export function replaceMaintenance(id: number, wholeMaintenance: WholeMaintenance, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PUT",
        body: wholeMaintenance,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Change a maintenance; what is left out stays as it is
 */
export function updateMaintenance(id: number, maintenanceEdit: MaintenanceEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: maintenanceEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Delete a maintenance: it is in no list and no feed any more
 */
export function deleteMaintenance(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * Start a scheduled maintenance now; it keeps its length
 */
export function startMaintenance(id: number, start?: Start, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/start`, oazapfts.json({
        ...opts,
        method: "POST",
        body: start,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * End one in progress now
 */
export function finishMaintenance(id: number, finish?: Finish, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/finish`, oazapfts.json({
        ...opts,
        method: "POST",
        body: finish,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Begin a window on the same things as one that is over, for 30 minutes
 */
export function reopenMaintenance(id: number, reopen?: Reopen, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/reopen`, oazapfts.json({
        ...opts,
        method: "POST",
        body: reopen,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Make one that is not over last longer
 */
export function extendMaintenance(id: number, extend: Extend, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/extend`, oazapfts.json({
        ...opts,
        method: "POST",
        body: extend,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Move a scheduled one to another window
 */
export function moveMaintenance(id: number, move: Move, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/move`, oazapfts.json({
        ...opts,
        method: "POST",
        body: move,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Cancel one that is not over; its checks go on again
 */
export function cancelMaintenance(id: number, cancel?: Cancel, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/cancel`, oazapfts.json({
        ...opts,
        method: "POST",
        body: cancel,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * The comments of a maintenance, oldest first
 */
export function listComments(id: number, { limit, cursor, order, account, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Comment[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/comments${QS.query(QS.explode({
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Comment on a maintenance; the comment shows in its threads
 */
export function createComment(id: number, newComment: NewComment, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Comment;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/comments`, oazapfts.json({
        ...opts,
        method: "POST",
        body: newComment,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Change a comment: its own, or for an admin any; what is left out stays as it is
 */
export function updateComment(id: number, comment: number, commentEdit: CommentEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Comment;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/comments/${encodeURIComponent(comment)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: commentEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Delete a comment: its own, or for an admin any; the threads show that one was withdrawn
 */
export function deleteComment(id: number, comment: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Comment;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/comments/${encodeURIComponent(comment)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * Who did what to a maintenance, and when; oldest first
 */
export function listHistory(id: number, { limit, cursor, order, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Event[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/history${QS.query(QS.explode({
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * List series
 */
export function listSeries({ enabled, scope, service, serviceStatus, risk, externalReference, limit, cursor, order, account, ifNoneMatch }: {
    enabled?: "true" | "false";
    scope?: number[];
    service?: number[];
    serviceStatus?: ("up" | "degraded" | "down")[];
    risk?: ("low" | "medium" | "high" | "none")[];
    externalReference?: string[];
    limit?: number;
    cursor?: string;
    order?: "name" | "-name" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Series[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series${QS.query(QS.explode({
        enabled,
        scope,
        service,
        service_status: serviceStatus,
        risk,
        external_reference: externalReference,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Schedule a recurring window
 */
export function createSeries(newSeries: NewSeries, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/series", oazapfts.json({
        ...opts,
        method: "POST",
        body: newSeries,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One series
 */
export function getSeries(id: number, { account, ifNoneMatch }: {
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}${QS.query(QS.explode({
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a series as a whole: what is left out is as in a new one
 */
export function replaceSeries(id: number, wholeSeries: WholeSeries, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PUT",
        body: wholeSeries,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Change a series, and with it the runs that were not changed by hand and have not begun
 */
export function updateSeries(id: number, seriesEdit: SeriesEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: seriesEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Delete a series: its runs to come are canceled, those that were keep their record
 */
export function deleteSeries(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * Pause a series: it makes no runs until it is resumed
 */
export function pauseSeries(id: number, pause?: Pause, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}/pause`, oazapfts.json({
        ...opts,
        method: "POST",
        body: pause,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Resume a paused series from now on
 */
export function resumeSeries(id: number, resume?: Resume, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}/resume`, oazapfts.json({
        ...opts,
        method: "POST",
        body: resume,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Let runs of a series take place in spite of the freezes that block them now
 */
export function overrideFreezes(id: number, seriesOverride: SeriesOverride, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Series;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}/override-freezes`, oazapfts.json({
        ...opts,
        method: "POST",
        body: seriesOverride,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * Leave out the next run of a series
 */
export function skipRun(id: number, skip?: Skip, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Maintenance;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}/skip`, oazapfts.json({
        ...opts,
        method: "POST",
        body: skip,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    }));
}
/**
 * The windows that a cron line makes, and what clock changes do to them
 */
export function previewSeries(seriesPreview: SeriesPreview, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            occurrences: {
                start: string;
                end: string;
                /** What a clock change did to its start. */
                notice?: string;
            }[];
        };
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/series/preview", oazapfts.json({
        ...opts,
        method: "POST",
        body: seriesPreview,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * The runs of a series
 */
export function listRuns(id: number, { limit, cursor, order, account, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "scheduled_start_date" | "-scheduled_start_date" | "update_date" | "-update_date" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Maintenance[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/series/${encodeURIComponent(id)}/runs${QS.query(QS.explode({
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * List the freezes that are not over, the first to begin first
 */
export function listFreezes({ scope, over, limit, cursor, order, account, ifNoneMatch }: {
    scope?: number[];
    over?: "true" | "false";
    limit?: number;
    cursor?: string;
    order?: "start" | "-start" | "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Freeze[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/freezes${QS.query(QS.explode({
        scope,
        over,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Add a freeze; what is scheduled in it already stays, except runs of series, which are skipped or moved
 */
export function createFreeze(newFreeze: NewFreeze, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Freeze;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/freezes", oazapfts.json({
        ...opts,
        method: "POST",
        body: newFreeze,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One freeze
 */
export function getFreeze(id: number, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Freeze;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/freezes/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a freeze; what is left out stays as it is
 */
export function updateFreeze(id: number, freezeEdit: FreezeEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Freeze;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/freezes/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: freezeEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a freeze
 */
export function deleteFreeze(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Freeze;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/freezes/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * List which channels hear of what
 */
export function listSubscriptions({ channel, limit, cursor, order, account, ifNoneMatch }: {
    channel?: string[];
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Subscription[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/subscriptions${QS.query(QS.explode({
        channel,
        limit,
        cursor,
        order,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Subscribe a channel; one that is subscribed to the same already gets this audience
 */
export function createSubscription(newSubscription: NewSubscription, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: Subscription;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/subscriptions", oazapfts.json({
        ...opts,
        method: "POST",
        body: newSubscription,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One subscription
 */
export function getSubscription(id: number, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Subscription;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/subscriptions/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change who reads in the channel
 */
export function updateSubscription(id: number, subscriptionEdit: SubscriptionEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Subscription;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/subscriptions/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: subscriptionEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * End a subscription; what is announced there already is kept true
 */
export function deleteSubscription(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Subscription;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/subscriptions/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * Whether a service, a scope or anything is in maintenance now, in which, and until when
 */
export function getNow({ service, scope, exit, account, ifNoneMatch }: {
    service?: string;
    scope?: string;
    exit?: "true" | "false";
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Now;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 423;
        data: Now;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/now${QS.query(QS.explode({
        service,
        scope,
        exit,
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Read a sentence: a window, a series, a question or a refusal; nothing is scheduled
 */
export function createParse(sentence: Sentence, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Reading;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/parse", oazapfts.json({
        ...opts,
        method: "POST",
        body: sentence,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * List the tokens that were not revoked: to an admin all, to others those they made
 */
export function listTokens({ limit, cursor, order, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Token[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/tokens${QS.query(QS.explode({
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Make a token that may do no more than the one it is made with
 */
export function makeToken(newToken: NewToken, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: MadeToken;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/tokens", oazapfts.json({
        ...opts,
        method: "POST",
        body: newToken,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One token that was not revoked: to an admin any, to others one they made
 */
export function getToken(id: number, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Token;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/tokens/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Revoke a token: the next request with it is refused
 */
export function revokeToken(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Token;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/tokens/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * List the calendars at secret addresses: to an admin all, to others those they made
 */
export function listCalendars({ limit, cursor, order, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Calendar[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/calendars${QS.query(QS.explode({
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Make a calendar at a secret address, which shows what is internal
 */
export function makeCalendar(newCalendar: NewCalendar, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: MadeCalendar;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/calendars", oazapfts.json({
        ...opts,
        method: "POST",
        body: newCalendar,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One calendar at a secret address: to an admin any, to others one they made
 */
export function getCalendar(id: number, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Calendar;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/calendars/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Revoke a calendar: at its address there is nothing any more
 */
export function revokeCalendar(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Calendar;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/calendars/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * One maintenance as a calendar (iCalendar)
 */
export function getMaintenanceCalendar(id: number, { account, ifNoneMatch }: {
    account?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: string;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/maintenances/${encodeURIComponent(id)}/calendar.ics${QS.query(QS.explode({
        account
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Who did what, from where, with the values before and after; for admins
 */
export function listAudit({ $type, actor, maintenance, subject, after, before, timezone, limit, cursor, order, ifNoneMatch }: {
    $type?: ("maintenance.scheduled" | "maintenance.changed" | "maintenance.corrected" | "maintenance.rescheduled" | "maintenance.reminded" | "maintenance.started" | "maintenance.extended" | "maintenance.finished" | "maintenance.canceled" | "maintenance.skipped" | "maintenance.approval_expired" | "maintenance.missed" | "maintenance.reopened" | "maintenance.deleted" | "maintenance.owner_deactivated" | "maintenance.announcement_failed" | "maintenance.approved" | "maintenance.declined" | "maintenance.freeze_skipped" | "maintenance.freeze_moved" | "maintenance.freeze_entered" | "maintenance.freeze_overridden" | "maintenance.commented" | "maintenance.comment_changed" | "maintenance.comment_deleted" | "maintenance.checks_switched" | "maintenance.checks_unhealthy" | "webhook.disabled" | "role.granted" | "token.created" | "token.revoked" | "workspace.installed" | "workspace.uninstalled" | "account.added" | "ad_hoc.added" | "ad_hoc.changed" | "ad_hoc.removed" | "calendar.created" | "calendar.revoked" | "scope.added" | "scope.changed" | "scope.removed" | "service.added" | "service.changed" | "service.removed" | "check.added" | "check.changed" | "check.removed" | "check.switched" | "checks.switched" | "provider.added" | "provider.changed" | "provider.removed" | "provider.synced" | "freeze.added" | "freeze.changed" | "freeze.removed" | "series.scheduled" | "series.changed" | "series.paused" | "series.resumed" | "series.approved" | "series.approval_ended" | "series.deleted" | "series.freeze_overridden" | "series.runs_planned" | "settings.changed" | "channel.subscribed" | "channel.unsubscribed" | "webhook.added" | "webhook.changed" | "webhook.removed" | "webhook.secret_rotated")[];
    actor?: string[];
    maintenance?: number[];
    subject?: string[];
    after?: string;
    before?: string;
    timezone?: string;
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: AuditEvent[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/audit${QS.query(QS.explode({
        "type": $type,
        actor,
        maintenance,
        subject,
        after,
        before,
        timezone,
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * The whole catalogue as one document, to be kept in a file and put back
 */
export function getCatalogue({ ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: WholeCatalogue;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/catalogue", {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Bring the catalogue to what a document says, as a whole or not at all
 */
export function applyCatalogue(catalogue?: Catalogue, { dryRun, ifMatch }: {
    dryRun?: "true" | "false";
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: CatalogueChanges;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/catalogue${QS.query(QS.explode({
        dry_run: dryRun
    }))}`, oazapfts.json({
        ...opts,
        method: "PUT",
        body: catalogue,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * List the webhooks
 */
export function listWebhooks({ limit, cursor, order, ifNoneMatch }: {
    limit?: number;
    cursor?: string;
    order?: "id" | "-id";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Webhook[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks${QS.query(QS.explode({
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Have an address told of what happens to maintenances
 */
export function addWebhook(newWebhook: NewWebhook, { idempotencyKey }: {
    idempotencyKey?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 201;
        data: MadeWebhook;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/webhooks", oazapfts.json({
        ...opts,
        method: "POST",
        body: newWebhook,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey
        })
    }));
}
/**
 * One webhook
 */
export function getWebhook(id: number, { ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Webhook;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change a webhook; what is not named stays as it is
 */
export function editWebhook(id: number, webhookEdit: WebhookEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Webhook;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}`, oazapfts.json({
        ...opts,
        method: "PATCH",
        body: webhookEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
/**
 * Remove a webhook, with what waits for it
 */
export function removeWebhook(id: number, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Webhook;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    });
}
/**
 * Give a webhook another secret; for a day messages are signed with both
 */
export function rotateWebhookSecret(id: number, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: MadeWebhook;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}/rotate`, {
        ...opts,
        method: "POST",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    });
}
/**
 * Send a webhook a message about nothing, to see whether it arrives
 */
export function pingWebhook(id: number, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 202;
        data: Delivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}/ping`, {
        ...opts,
        method: "POST",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    });
}
/**
 * What was sent to a webhook in the last 30 days, and what waits
 */
export function listDeliveries(id: number, { state, limit, cursor, order, ifNoneMatch }: {
    state?: ("waiting" | "delivered" | "skipped" | "failed")[];
    limit?: number;
    cursor?: string;
    order?: "creation_date" | "-creation_date";
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: {
            items: Delivery[];
            /** Of the next page; null: this is the last one. */
            next_cursor: string | null;
        };
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}/deliveries${QS.query(QS.explode({
        state,
        limit,
        cursor,
        order
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Send a message once more, as it was
 */
export function resendDelivery(id: number, delivery: string, { idempotencyKey, ifMatch }: {
    idempotencyKey?: string;
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 202;
        data: Delivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(delivery)}/resend`, {
        ...opts,
        method: "POST",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "Idempotency-Key": idempotencyKey,
            "If-Match": ifMatch
        })
    });
}
/**
 * What holds for the whole account; for admins
 */
export function getSettings({ ifNoneMatch }: {
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Settings;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/settings", {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Change what holds for the whole account; what is left out stays as it is
 */
export function updateSettings(settingsEdit: SettingsEdit, { ifMatch }: {
    ifMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Settings;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 403;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 429;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/settings", oazapfts.json({
        ...opts,
        method: "PATCH",
        body: settingsEdit,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch
        })
    }));
}
