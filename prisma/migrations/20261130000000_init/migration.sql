-- The tables in the order of schema.prisma, each with its checks and indexes, then the foreign keys.
-- Checks on values and indexes on expressions or on part of the rows cannot be written in schema.prisma.

CREATE TABLE "accounts" (
    "id" SERIAL NOT NULL,
    "parent_id" INTEGER,
    "key" TEXT,
    "name" TEXT NOT NULL,
    "slack_team_id" TEXT,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "default_channel" TEXT,
    "default_role" TEXT NOT NULL DEFAULT 'operator',
    "post_check_after" INTEGER NOT NULL DEFAULT 5,
    "anonymous_reads" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "accounts_subaccount_key" CHECK (("parent_id" IS NULL) = ("key" IS NULL)),
    CONSTRAINT "accounts_default_role" CHECK ("default_role" IN ('none', 'viewer', 'operator', 'approver')),
    CONSTRAINT "accounts_post_check_after" CHECK ("post_check_after" BETWEEN 0 AND 1440)
);

CREATE UNIQUE INDEX "accounts_key_key" ON "accounts"("key");
CREATE UNIQUE INDEX "accounts_slack_team_id_key" ON "accounts"("slack_team_id");
CREATE INDEX "accounts_parent_id_idx" ON "accounts"("parent_id");

CREATE TABLE "scopes" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "reminders" INTEGER[] DEFAULT ARRAY[1440, 60, 15]::INTEGER[],
    "requires_approval" BOOLEAN NOT NULL DEFAULT false,
    "removal_date" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scopes_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "scopes_name" CHECK (btrim("name") <> ''),
    CONSTRAINT "scopes_visibility" CHECK ("visibility" IN ('public', 'internal')),
    CONSTRAINT "scopes_reminders" CHECK ("reminders" IS NOT NULL AND cardinality("reminders") <= 10
        AND 0 < ALL ("reminders") AND 43200 >= ALL ("reminders") AND array_position("reminders", NULL) IS NULL)
);

CREATE UNIQUE INDEX "scopes_account_id_id_key" ON "scopes"("account_id", "id");
-- The name of a removed scope can be used again.
CREATE UNIQUE INDEX "scopes_named_once" ON "scopes"("account_id", lower("name")) WHERE "removal_date" IS NULL;

CREATE TABLE "services" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'up',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "owners" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "removal_date" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "services_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "services_name" CHECK (btrim("name") <> ''),
    CONSTRAINT "services_status" CHECK ("status" IN ('up', 'degraded', 'down')),
    CONSTRAINT "services_visibility" CHECK ("visibility" IN ('public', 'internal'))
);

CREATE INDEX "services_account_id_scope_id_idx" ON "services"("account_id", "scope_id");
CREATE UNIQUE INDEX "services_account_id_id_key" ON "services"("account_id", "id");
-- The name of a removed service can be used again. Services without a scope share one namespace.
CREATE UNIQUE INDEX "services_named_once" ON "services"("account_id", "scope_id", lower("name")) NULLS NOT DISTINCT WHERE "removal_date" IS NULL;

CREATE TABLE "providers" (
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "credentials" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "last_ok_at" TIMESTAMPTZ(3),
    "last_error_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "last_sync_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "circuit_open_until" TIMESTAMPTZ(3),
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("account_id","name"),
    CONSTRAINT "providers_name" CHECK ("name" ~ '^[a-z0-9][a-z0-9-]*$' AND "name" <> 'builtin'),
    CONSTRAINT "providers_failures" CHECK ("failures" >= 0)
);

CREATE TABLE "checks" (
    "id" TEXT NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "provider" TEXT NOT NULL DEFAULT 'builtin',
    "external_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "bulk_disabled" BOOLEAN NOT NULL DEFAULT false,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "type" TEXT,
    "target" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "downtime_ends_at" TIMESTAMPTZ(3),
    "removal_date" TIMESTAMPTZ(3),

    CONSTRAINT "checks_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "checks_account_id_provider_external_id_key" ON "checks"("account_id", "provider", "external_id");
-- The last one: of indexes that cost the same, as all do while a table is new, PostgreSQL takes the newest.
CREATE UNIQUE INDEX "checks_account_id_id_key" ON "checks"("account_id", "id");

CREATE TABLE "service_checks" (
    "account_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,

    CONSTRAINT "service_checks_pkey" PRIMARY KEY ("service_id","check_id")
);

CREATE INDEX "service_checks_account_id_check_id_idx" ON "service_checks"("account_id", "check_id");

CREATE TABLE "maintenances" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "status" TEXT NOT NULL DEFAULT 'scheduled',
    "missed" BOOLEAN NOT NULL DEFAULT false,
    "scope_id" INTEGER,
    "service_status" TEXT NOT NULL DEFAULT 'down',
    "risk" TEXT,
    "timezone" TEXT NOT NULL,
    "scheduled_start_date" TIMESTAMPTZ(3) NOT NULL,
    "scheduled_end_date" TIMESTAMPTZ(3) NOT NULL,
    "start_date" TIMESTAMPTZ(3),
    "end_date" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "next_due_at" TIMESTAMPTZ(3),
    "reminded_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "post_check_date" TIMESTAMPTZ(3),
    "reopens_id" INTEGER,
    "approval" TEXT,
    "requested_by" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "approved" JSONB,
    "names_checks" BOOLEAN NOT NULL DEFAULT false,
    "selector" TEXT,
    "selector_follows" BOOLEAN NOT NULL DEFAULT false,
    "selected" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "limited_to" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "external_reference" TEXT,
    "external_link" TEXT,
    "ad_hoc" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "series_id" INTEGER,
    "occurrence" TIMESTAMPTZ(3),
    "run_state" TEXT,
    "overridden_freezes" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "freeze_reason" TEXT,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "maintenances_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "maintenances_name" CHECK (btrim("name") <> ''),
    CONSTRAINT "maintenances_visibility" CHECK ("visibility" IN ('public', 'internal')),
    CONSTRAINT "maintenances_status" CHECK ("status" IN ('scheduled', 'in-progress', 'succeed', 'failed', 'canceled')),
    CONSTRAINT "maintenances_service_status" CHECK ("service_status" IN ('up', 'degraded', 'down')),
    CONSTRAINT "maintenances_risk" CHECK ("risk" IN ('low', 'medium', 'high')),
    CONSTRAINT "maintenances_end_after_start" CHECK ("scheduled_end_date" > "scheduled_start_date"),
    CONSTRAINT "maintenances_started" CHECK ("status" <> 'in-progress' OR "start_date" IS NOT NULL),
    CONSTRAINT "maintenances_ended_after_start" CHECK ("end_date" >= "start_date"),
    CONSTRAINT "maintenances_ends_by_itself" CHECK (("status" = 'in-progress') = ("ends_at" IS NOT NULL)),
    -- An open maintenance is always due at some instant; a closed one only to verify its checks once more.
    CONSTRAINT "maintenances_due" CHECK (
        CASE WHEN "status" IN ('scheduled', 'in-progress') THEN "next_due_at" IS NOT NULL AND "post_check_date" IS NULL
        ELSE "next_due_at" IS NOT DISTINCT FROM "post_check_date" END
    ),
    CONSTRAINT "maintenances_reopens" CHECK ("reopens_id" <> "id"),
    CONSTRAINT "maintenances_approval" CHECK ("approval" IN ('pending', 'approved', 'declined')),
    -- The extension of work in progress can await an approval.
    CONSTRAINT "maintenances_approved_first" CHECK ("status" <> 'in-progress' OR "approval" IS NULL OR "approval" = 'approved' OR ("approval" = 'pending' AND "approved" IS NOT NULL)),
    CONSTRAINT "maintenances_requested_by" CHECK ("requested_by" IS NOT NULL AND array_position("requested_by", NULL) IS NULL),
    CONSTRAINT "maintenances_run" CHECK (("series_id" IS NULL) = ("occurrence" IS NULL) AND ("series_id" IS NULL) = ("run_state" IS NULL)),
    CONSTRAINT "maintenances_run_state" CHECK ("run_state" IN ('following', 'detached', 'skipped', 'frozen', 'withdrawn')),
    CONSTRAINT "maintenances_not_run" CHECK ("run_state" NOT IN ('skipped', 'frozen', 'withdrawn') OR "status" = 'canceled'),
    -- Only a closed maintenance can be deleted.
    CONSTRAINT "maintenances_deleted_over" CHECK ("deleted_at" IS NULL OR "status" NOT IN ('scheduled', 'in-progress'))
);

CREATE INDEX "maintenances_series_id_occurrence_idx" ON "maintenances"("series_id", "occurrence");
CREATE INDEX "maintenances_next_due_at_idx" ON "maintenances"("next_due_at");
CREATE INDEX "maintenances_account_id_status_scheduled_start_date_id_idx" ON "maintenances"("account_id", "status", "scheduled_start_date", "id");
CREATE INDEX "maintenances_account_id_scheduled_start_date_id_idx" ON "maintenances"("account_id", "scheduled_start_date", "id");
CREATE INDEX "maintenances_account_id_update_date_id_idx" ON "maintenances"("account_id", "update_date", "id");
CREATE INDEX "maintenances_account_id_reopens_id_idx" ON "maintenances"("account_id", "reopens_id");
CREATE UNIQUE INDEX "maintenances_account_id_key_key" ON "maintenances"("account_id", "key");
-- The last one, as for checks.
CREATE UNIQUE INDEX "maintenances_account_id_id_key" ON "maintenances"("account_id", "id");
-- One run for each occurrence. A run withdrawn because its series changed can be created again.
CREATE UNIQUE INDEX "maintenances_run_once" ON "maintenances"("series_id", "occurrence") WHERE "run_state" <> 'withdrawn';
CREATE INDEX "maintenances_deleted_runs" ON "maintenances"("account_id", "occurrence") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "maintenances_next_run" ON "maintenances"("series_id", "scheduled_start_date", "id") WHERE "status" = 'scheduled';

-- Full-text search uses pg_trgm. Where the server does not have it, or this user may not add it, search works without
-- the index, only slower. Every search reads all pending entries, so that their list is short (kB).
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX "maintenances_texts" ON "maintenances"
        USING gin ("name" gin_trgm_ops, "description" gin_trgm_ops, "external_reference" gin_trgm_ops)
        WITH (gin_pending_list_limit = 256)
        WHERE "deleted_at" IS NULL;
EXCEPTION
    WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
        RAISE NOTICE 'pg_trgm is not available: %', sqlerrm;
END $$;

CREATE TABLE "maintenance_services" (
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,

    CONSTRAINT "maintenance_services_pkey" PRIMARY KEY ("maintenance_id","service_id")
);

CREATE INDEX "maintenance_services_account_id_service_id_idx" ON "maintenance_services"("account_id", "service_id");

CREATE TABLE "maintenance_checks" (
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "maintenance_checks_pkey" PRIMARY KEY ("maintenance_id","check_id")
);

CREATE INDEX "maintenance_checks_account_id_check_id_idx" ON "maintenance_checks"("account_id", "check_id");

CREATE TABLE "series" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "cron" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "duration_minutes" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "service_status" TEXT NOT NULL DEFAULT 'down',
    "risk" TEXT,
    "names_checks" BOOLEAN NOT NULL DEFAULT false,
    "selector" TEXT,
    "selector_follows" BOOLEAN NOT NULL DEFAULT false,
    "limited_to" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "external_reference" TEXT,
    "external_link" TEXT,
    "channels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "during_freeze" TEXT NOT NULL DEFAULT 'skip',
    "freeze_overrides" JSONB NOT NULL DEFAULT '[]',
    "planned_until" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "standing_approval" JSONB,
    "next_due_at" TIMESTAMPTZ(3),
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "series_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "series_name" CHECK (btrim("name") <> ''),
    CONSTRAINT "series_visibility" CHECK ("visibility" IN ('public', 'internal')),
    CONSTRAINT "series_duration" CHECK ("duration_minutes" > 0),
    CONSTRAINT "series_service_status" CHECK ("service_status" IN ('up', 'degraded', 'down')),
    CONSTRAINT "series_risk" CHECK ("risk" IN ('low', 'medium', 'high')),
    CONSTRAINT "series_during_freeze" CHECK ("during_freeze" IN ('skip', 'move')),
    CONSTRAINT "series_paused" CHECK ("enabled" OR "next_due_at" IS NULL)
);

CREATE INDEX "series_next_due_at_idx" ON "series"("next_due_at");
CREATE UNIQUE INDEX "series_account_id_key_key" ON "series"("account_id", "key");
-- The last one, as for checks.
CREATE UNIQUE INDEX "series_account_id_id_key" ON "series"("account_id", "id");

CREATE TABLE "series_services" (
    "account_id" INTEGER NOT NULL,
    "series_id" INTEGER NOT NULL,
    "service_id" INTEGER NOT NULL,

    CONSTRAINT "series_services_pkey" PRIMARY KEY ("series_id","service_id")
);

CREATE INDEX "series_services_account_id_service_id_idx" ON "series_services"("account_id", "service_id");

CREATE TABLE "series_checks" (
    "account_id" INTEGER NOT NULL,
    "series_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "series_checks_pkey" PRIMARY KEY ("series_id","check_id")
);

CREATE INDEX "series_checks_account_id_check_id_idx" ON "series_checks"("account_id", "check_id");

CREATE TABLE "ad_hocs" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "duration_minutes" INTEGER NOT NULL,
    "edited_by" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "update_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ad_hocs_pkey" PRIMARY KEY ("account_id","key"),
    CONSTRAINT "ad_hocs_name" CHECK (btrim("name") <> ''),
    CONSTRAINT "ad_hocs_duration" CHECK ("duration_minutes" > 0)
);

CREATE TABLE "ad_hoc_checks" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "check_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ad_hoc_checks_pkey" PRIMARY KEY ("account_id","key","check_id")
);

CREATE INDEX "ad_hoc_checks_account_id_check_id_idx" ON "ad_hoc_checks"("account_id", "check_id");

CREATE TABLE "mutes" (
    "account_id" INTEGER NOT NULL,
    "check_id" TEXT NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "muted_at" TIMESTAMPTZ(3) NOT NULL,
    "intended_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),
    "error" TEXT,
    "failing_before" BOOLEAN,

    CONSTRAINT "mutes_pkey" PRIMARY KEY ("check_id","maintenance_id"),
    CONSTRAINT "mutes_outcome" CHECK ("outcome" IN ('pending', 'muted', 'already_muted', 'failed', 'unmuted_by_hand')),
    CONSTRAINT "mutes_intended_first" CHECK ("outcome" NOT IN ('muted', 'unmuted_by_hand') OR "intended_at" IS NOT NULL),
    CONSTRAINT "mutes_released_after_end" CHECK ("released_at" IS NULL OR "ended_at" IS NOT NULL)
);

CREATE INDEX "mutes_account_id_maintenance_id_check_id_idx" ON "mutes"("account_id", "maintenance_id", "check_id");
CREATE INDEX "mutes_released_at_check_id_idx" ON "mutes"("released_at", "check_id");
-- For the sweeper.
CREATE INDEX "mutes_unsettled" ON "mutes"("check_id") WHERE "released_at" IS NULL;

CREATE TABLE "comments" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "internal" BOOLEAN NOT NULL DEFAULT false,
    "author_id" TEXT NOT NULL,
    "author_name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "channel_kind" TEXT,
    "channel" TEXT,
    "message_ref" TEXT,
    "message_revision" TEXT,
    "edited" BOOLEAN NOT NULL DEFAULT false,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "comments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "comments_message" CHECK (num_nulls("channel_kind", "channel", "message_ref") IN (0, 3)
        AND ("message_revision" IS NULL OR "message_ref" IS NOT NULL))
);

CREATE INDEX "comments_account_id_maintenance_id_id_idx" ON "comments"("account_id", "maintenance_id", "id");
CREATE UNIQUE INDEX "comments_account_id_channel_kind_channel_message_ref_key" ON "comments"("account_id", "channel_kind", "channel", "message_ref");

CREATE TABLE "announcements" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "channel_kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "claimed_at" TIMESTAMPTZ(3),
    "message_ref" TEXT,
    "rendered" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "error" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "shown_version" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "announcements_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "announcements_audience" CHECK ("audience" IN ('internal', 'public'))
);

CREATE INDEX "announcements_account_id_channel_kind_channel_message_ref_idx" ON "announcements"("account_id", "channel_kind", "channel", "message_ref");
CREATE INDEX "announcements_unfinished" ON "announcements"("account_id", "channel_kind", "channel") WHERE "version" <> "shown_version";
CREATE UNIQUE INDEX "announcements_maintenance_id_channel_kind_channel_key" ON "announcements"("maintenance_id", "channel_kind", "channel");

CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "announcement_id" UUID NOT NULL,
    "event_id" INTEGER NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "message_ref" TEXT,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "posts_event_id_idx" ON "posts"("event_id");
CREATE UNIQUE INDEX "posts_announcement_id_event_id_key" ON "posts"("announcement_id", "event_id");

CREATE TABLE "notices" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "event_id" INTEGER NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "message_ref" TEXT,
    "asks" BOOLEAN NOT NULL DEFAULT false,
    "rendered" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id"),
    -- An empty reference: there was nothing left to say, so nothing was claimed.
    CONSTRAINT "notices_claimed_first" CHECK ("message_ref" IS NULL OR "message_ref" = '' OR "claimed_at" IS NOT NULL)
);

CREATE INDEX "notices_account_id_person_id_message_ref_idx" ON "notices"("account_id", "person_id", "message_ref");
CREATE INDEX "notices_event_id_idx" ON "notices"("event_id");
CREATE UNIQUE INDEX "notices_maintenance_id_person_id_reason_key" ON "notices"("maintenance_id", "person_id", "reason");
-- Open approval requests, looked up by maintenance.
CREATE INDEX "notices_asking" ON "notices"("account_id", "maintenance_id") WHERE "asks";

CREATE TABLE "subscriptions" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "channel_kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "scope_id" INTEGER,
    "service_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "subscriptions_audience" CHECK ("audience" IN ('internal', 'public')),
    CONSTRAINT "subscriptions_of_one" CHECK ("scope_id" IS NULL OR "service_id" IS NULL)
);

CREATE INDEX "subscriptions_account_id_channel_kind_channel_idx" ON "subscriptions"("account_id", "channel_kind", "channel");
CREATE UNIQUE INDEX "subscriptions_once" ON "subscriptions"("account_id", "channel_kind", "channel", coalesce("scope_id", 0), coalesce("service_id", 0));

CREATE TABLE "channel_failures" (
    "account_id" INTEGER NOT NULL,
    "channel_kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_failures_pkey" PRIMARY KEY ("account_id","channel_kind","channel")
);

CREATE TABLE "role_grants" (
    "account_id" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "members" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "checked_at" TIMESTAMPTZ(3),

    CONSTRAINT "role_grants_pkey" PRIMARY KEY ("account_id","subject"),
    CONSTRAINT "role_grants_subject" CHECK (btrim("subject") <> ''),
    CONSTRAINT "role_grants_role" CHECK ("role" IN ('none', 'viewer', 'operator', 'approver', 'admin'))
);

CREATE TABLE "people" (
    "account_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "standing" TEXT NOT NULL,
    "deactivated" BOOLEAN NOT NULL DEFAULT false,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "people_pkey" PRIMARY KEY ("account_id","id"),
    CONSTRAINT "people_standing" CHECK ("standing" IN ('outside', 'member', 'workspace-admin')),
    CONSTRAINT "people_deactivated" CHECK (NOT "deactivated" OR "standing" = 'outside')
);

CREATE TABLE "freezes" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "start_date" TIMESTAMPTZ(3) NOT NULL,
    "end_date" TIMESTAMPTZ(3),
    "cron" TEXT,
    "timezone" TEXT,
    "duration_minutes" INTEGER,
    "url" TEXT,
    "sealed_url" TEXT,
    "etag" TEXT,
    "next_read_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "failure" TEXT,
    "reason" TEXT NOT NULL,
    "effect" TEXT NOT NULL DEFAULT 'block',
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "freezes_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "freezes_end_after_start" CHECK ("end_date" > "start_date"),
    CONSTRAINT "freezes_times" CHECK (num_nonnulls("cron", "timezone", "duration_minutes") IN (0, 3) AND num_nonnulls("end_date", "cron", "url") >= 1 AND ("url" IS NULL OR "cron" IS NULL AND "end_date" IS NULL)),
    CONSTRAINT "freezes_calendar" CHECK (num_nonnulls("url", "sealed_url", "next_read_at") IN (0, 3)),
    CONSTRAINT "freezes_reason" CHECK (btrim("reason") <> ''),
    CONSTRAINT "freezes_effect" CHECK ("effect" IN ('block', 'warn'))
);

CREATE INDEX "freezes_account_id_end_date_idx" ON "freezes"("account_id", "end_date");

CREATE INDEX "freezes_next_read_at_idx" ON "freezes"("next_read_at");

CREATE UNIQUE INDEX "freezes_account_id_id_key" ON "freezes"("account_id", "id");

CREATE TABLE "freeze_periods" (
    "account_id" INTEGER NOT NULL,
    "freeze_id" INTEGER NOT NULL,
    "start_date" TIMESTAMPTZ(3) NOT NULL,
    "end_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "freeze_periods_pkey" PRIMARY KEY ("account_id","freeze_id","start_date","end_date"),
    CONSTRAINT "freeze_periods_end_after_start" CHECK ("end_date" > "start_date")
);

CREATE INDEX "freeze_periods_account_id_end_date_idx" ON "freeze_periods"("account_id", "end_date");

CREATE TABLE "audit_events" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "maintenance_id" INTEGER,
    "subject_kind" TEXT,
    "subject_id" TEXT,
    "internal" BOOLEAN NOT NULL DEFAULT false,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "audit_events_account_id_maintenance_id_id_idx" ON "audit_events"("account_id", "maintenance_id", "id");
CREATE INDEX "audit_events_account_id_subject_kind_subject_id_id_idx" ON "audit_events"("account_id", "subject_kind", "subject_id", "id");
CREATE INDEX "audit_events_account_id_at_idx" ON "audit_events"("account_id", "at");

CREATE TABLE "api_tokens" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "rights" TEXT NOT NULL DEFAULT 'read',
    "scopes" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "owner_id" TEXT,
    "purpose" TEXT,
    "creator_id" TEXT,
    "parent_id" INTEGER,
    "created_by_id" TEXT NOT NULL DEFAULT '',
    "created_by_name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_tokens_rights" CHECK ("rights" IN ('read', 'write', 'admin')),
    -- A token without an owner is a service token, which has a purpose.
    CONSTRAINT "api_tokens_purpose" CHECK (("owner_id" IS NULL) = ("purpose" IS NOT NULL AND btrim("purpose") <> ''))
);

CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");
CREATE INDEX "api_tokens_account_id_idx" ON "api_tokens"("account_id");
CREATE INDEX "api_tokens_parent_id_idx" ON "api_tokens"("parent_id");

CREATE TABLE "calendars" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "services" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "owner_id" TEXT,
    "token_id" INTEGER,
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "calendars_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "calendars_named" CHECK ("name" <> ''),
    -- SHA-256 in hexadecimal. The secret itself is never stored.
    CONSTRAINT "calendars_hash" CHECK ("hash" ~ '^[0-9a-f]{64}$')
);

CREATE UNIQUE INDEX "calendars_hash_key" ON "calendars"("hash");
CREATE INDEX "calendars_account_id_idx" ON "calendars"("account_id");
CREATE INDEX "calendars_token_id_idx" ON "calendars"("token_id");

CREATE TABLE "installations" (
    "account_id" INTEGER NOT NULL,
    "token" TEXT,
    "bot_user_id" TEXT NOT NULL,
    "bot_id" TEXT,
    "scopes" TEXT[],
    "installed_by_id" TEXT NOT NULL,
    "installation_date" TIMESTAMPTZ(3) NOT NULL,
    "removal_date" TIMESTAMPTZ(3),

    CONSTRAINT "installations_pkey" PRIMARY KEY ("account_id"),
    -- Encrypted by the vault; deleted when the workspace removes the app.
    CONSTRAINT "installations_token_sealed" CHECK ("token" LIKE 'v1.%'),
    CONSTRAINT "installations_removed_without_token" CHECK (("token" IS NULL) = ("removal_date" IS NOT NULL))
);

CREATE TABLE "used_states" (
    "hash" TEXT NOT NULL,
    "use_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_states_pkey" PRIMARY KEY ("hash")
);

CREATE INDEX "used_states_use_date_idx" ON "used_states"("use_date");

CREATE TABLE "request_keys" (
    "account_id" INTEGER NOT NULL,
    "actor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done" BOOLEAN NOT NULL DEFAULT false,
    "status" INTEGER,
    "headers" JSONB,
    "body" TEXT,

    CONSTRAINT "request_keys_pkey" PRIMARY KEY ("account_id","actor_id","key"),
    CONSTRAINT "request_keys_answered" CHECK (("status" IS NULL) = ("body" IS NULL) AND ("status" IS NULL) = ("headers" IS NULL))
);

CREATE INDEX "request_keys_claimed_at_idx" ON "request_keys"("claimed_at");

CREATE TABLE "webhooks" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "url" TEXT NOT NULL,
    "sealed_url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "events" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "audience" TEXT NOT NULL DEFAULT 'internal',
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhooks_audience" CHECK ("audience" IN ('internal', 'public')),
    CONSTRAINT "webhooks_previous_secret" CHECK (("previous_secret" IS NULL) = ("previous_until" IS NULL)),
    CONSTRAINT "webhooks_disabled" CHECK ("disabled_reason" IS NULL OR NOT "enabled")
);

CREATE UNIQUE INDEX "webhooks_account_id_id_key" ON "webhooks"("account_id", "id");

CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "webhook_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL DEFAULT 0,
    "event_id" INTEGER,
    "type" TEXT NOT NULL,
    "body" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" INTEGER,
    "error" TEXT,
    "answer" TEXT,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "delivery_date" TIMESTAMPTZ(3),
    "position" BIGSERIAL NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_deliveries_state" CHECK ("state" IN ('waiting', 'delivered', 'skipped', 'failed')),
    CONSTRAINT "webhook_deliveries_delivered" CHECK (("state" = 'delivered') = ("delivery_date" IS NOT NULL))
);

CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries"("webhook_id", "maintenance_id", "position") INCLUDE ("due_at") WHERE "state" = 'waiting';
CREATE INDEX "webhook_deliveries_account_id_webhook_id_creation_date_id_idx" ON "webhook_deliveries"("account_id", "webhook_id", "creation_date", "id");
CREATE INDEX "webhook_deliveries_creation_date_idx" ON "webhook_deliveries"("creation_date");

CREATE TABLE "homes" (
    "account_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rendered" TEXT,

    CONSTRAINT "homes_pkey" PRIMARY KEY ("account_id","person_id")
);

CREATE INDEX "homes_account_id_opened_at_idx" ON "homes"("account_id", "opened_at");

CREATE TABLE "drafts" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "drafts_account_id_created_at_idx" ON "drafts"("account_id", "created_at");

CREATE TABLE "receipts" (
    "account_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "maintenance_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("account_id","key")
);

CREATE INDEX "receipts_created_at_idx" ON "receipts"("created_at");

-- Foreign keys.

ALTER TABLE "accounts" ADD CONSTRAINT "accounts_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "scopes" ADD CONSTRAINT "scopes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "services" ADD CONSTRAINT "services_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "services" ADD CONSTRAINT "services_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "providers" ADD CONSTRAINT "providers_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "checks" ADD CONSTRAINT "checks_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "service_checks" ADD CONSTRAINT "service_checks_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "service_checks" ADD CONSTRAINT "service_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_account_id_reopens_id_fkey" FOREIGN KEY ("account_id", "reopens_id") REFERENCES "maintenances"("account_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

ALTER TABLE "maintenance_services" ADD CONSTRAINT "maintenance_services_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "maintenance_services" ADD CONSTRAINT "maintenance_services_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "maintenance_checks" ADD CONSTRAINT "maintenance_checks_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "maintenance_checks" ADD CONSTRAINT "maintenance_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "series" ADD CONSTRAINT "series_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "series" ADD CONSTRAINT "series_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "series_services" ADD CONSTRAINT "series_services_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "series_services" ADD CONSTRAINT "series_services_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "series_checks" ADD CONSTRAINT "series_checks_account_id_series_id_fkey" FOREIGN KEY ("account_id", "series_id") REFERENCES "series"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "series_checks" ADD CONSTRAINT "series_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ad_hocs" ADD CONSTRAINT "ad_hocs_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ad_hoc_checks" ADD CONSTRAINT "ad_hoc_checks_account_id_key_fkey" FOREIGN KEY ("account_id", "key") REFERENCES "ad_hocs"("account_id", "key") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ad_hoc_checks" ADD CONSTRAINT "ad_hoc_checks_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "mutes" ADD CONSTRAINT "mutes_account_id_check_id_fkey" FOREIGN KEY ("account_id", "check_id") REFERENCES "checks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "comments" ADD CONSTRAINT "comments_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "announcements" ADD CONSTRAINT "announcements_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "posts" ADD CONSTRAINT "posts_announcement_id_fkey" FOREIGN KEY ("announcement_id") REFERENCES "announcements"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "posts" ADD CONSTRAINT "posts_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "notices" ADD CONSTRAINT "notices_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notices" ADD CONSTRAINT "notices_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_service_id_fkey" FOREIGN KEY ("account_id", "service_id") REFERENCES "services"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "channel_failures" ADD CONSTRAINT "channel_failures_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "people" ADD CONSTRAINT "people_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "freezes" ADD CONSTRAINT "freezes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "freeze_periods" ADD CONSTRAINT "freeze_periods_account_id_freeze_id_fkey" FOREIGN KEY ("account_id", "freeze_id") REFERENCES "freezes"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "freezes" ADD CONSTRAINT "freezes_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "api_tokens"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "calendars" ADD CONSTRAINT "calendars_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "api_tokens"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "installations" ADD CONSTRAINT "installations_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "request_keys" ADD CONSTRAINT "request_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_account_id_webhook_id_fkey" FOREIGN KEY ("account_id", "webhook_id") REFERENCES "webhooks"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "homes" ADD CONSTRAINT "homes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "drafts" ADD CONSTRAINT "drafts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "receipts" ADD CONSTRAINT "receipts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Counts the changes of what an account shows: the pages, feeds and lists that a process keeps are current while the sum
-- is the same. A transaction counts in a row that no other one holds, so that nobody waits, and the sum is one of
-- committed changes.
CREATE TABLE "content_changes" (
    "account_id" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    "changes" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "content_changes_pkey" PRIMARY KEY ("account_id","slot")
);

CREATE FUNCTION "count_content_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_account INTEGER;
BEGIN
    FOR changed_account IN SELECT DISTINCT "account_id" FROM "changed" LOOP
        UPDATE "content_changes" SET "changes" = "changes" + 1
        WHERE "account_id" = changed_account AND "slot" = (
            SELECT "slot" FROM "content_changes" WHERE "account_id" = changed_account
            ORDER BY "slot" LIMIT 1 FOR UPDATE SKIP LOCKED);
        CONTINUE WHEN FOUND;
        INSERT INTO "content_changes" ("account_id", "slot") VALUES (changed_account, floor(random() * 2147483647))
        ON CONFLICT ("account_id", "slot") DO UPDATE SET "changes" = "content_changes"."changes" + 1;
    END LOOP;
    RETURN NULL;
END $$;

-- The services and checks of a window are added when it is.
DO $$
DECLARE
    shown TEXT;
BEGIN
    FOREACH shown IN ARRAY ARRAY['scopes', 'services', 'maintenances', 'series', 'comments'] LOOP
        EXECUTE format('CREATE TRIGGER "%1$s_added" AFTER INSERT ON %1$I REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "count_content_change"()', shown);
        EXECUTE format('CREATE TRIGGER "%1$s_changed" AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "count_content_change"()', shown);
    END LOOP;
    FOREACH shown IN ARRAY ARRAY['scopes', 'services', 'maintenances', 'series', 'comments', 'maintenance_services', 'maintenance_checks'] LOOP
        EXECUTE format('CREATE TRIGGER "%1$s_removed" AFTER DELETE ON %1$I REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "count_content_change"()', shown);
    END LOOP;
END $$;

-- How many of some things an account can have, as the operator configured it. Without a row, the default applies that the
-- trigger names.
CREATE TABLE "quotas" (
    "resource" TEXT NOT NULL,
    "max" INTEGER NOT NULL,

    CONSTRAINT "quotas_pkey" PRIMARY KEY ("resource")
);

-- Here, as rows are added by many commands, and must be counted under a lock, without a statement of their own.
CREATE FUNCTION "enforce_quota"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    adding_account INTEGER;
    allowed INTEGER := coalesce((SELECT "max" FROM "quotas" WHERE "resource" = TG_TABLE_NAME), TG_ARGV[0]::INTEGER);
    present BIGINT;
BEGIN
    FOR adding_account IN SELECT DISTINCT "account_id" FROM "added" LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('quota ' || TG_TABLE_NAME || ' ' || adding_account, 0));
        EXECUTE format('SELECT count(*) FROM %I WHERE "account_id" = $1 AND %s', TG_TABLE_NAME, TG_ARGV[1])
        INTO present USING adding_account;
        IF present > allowed THEN
            RAISE EXCEPTION 'quota % %', TG_TABLE_NAME, allowed USING ERRCODE = 'QU001';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER "providers_quota" AFTER INSERT ON "providers" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('100', 'true');
CREATE TRIGGER "webhooks_quota" AFTER INSERT ON "webhooks" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('100', 'true');
CREATE TRIGGER "api_tokens_quota" AFTER INSERT ON "api_tokens" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('1000', '"revoked_at" IS NULL AND ("expires_at" IS NULL OR "expires_at" > now())');
CREATE TRIGGER "calendars_quota" AFTER INSERT ON "calendars" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('1000', '"revoked_at" IS NULL');
CREATE TRIGGER "series_quota" AFTER INSERT ON "series" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('2000', 'true');
CREATE TRIGGER "subscriptions_quota" AFTER INSERT ON "subscriptions" REFERENCING NEW TABLE AS "added"
FOR EACH STATEMENT EXECUTE FUNCTION "enforce_quota"('5000', 'true');
